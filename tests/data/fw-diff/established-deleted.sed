# router.rules: the rule for established connections is lost from FORWARD
/-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED/d
