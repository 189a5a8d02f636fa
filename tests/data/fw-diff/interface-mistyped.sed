# router.rules: one letter is lost from an interface
s/-A FORWARD -i lan0/-A FORWARD -i lan/
