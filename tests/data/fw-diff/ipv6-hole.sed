# host6.rules: the network of a rule lost its end
s,2001:db8:1:7::/64,2001:db8:1:7::/6,
