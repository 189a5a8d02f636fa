# host.rules: the database was to be opened to one more network, and its source is lost
s/-s 192.0.2.16.28 -p tcp -m tcp --dport 5432/-p tcp -m tcp --dport 5432/
