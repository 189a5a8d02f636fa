# router.rules: the web server moved to another machine, and the rule of FORWARD was forgotten
s/--to-destination 10.20.0.10$/--to-destination 10.20.0.12/
