# department.rules: the services have a chain for the web
/-A services -p tcp -m multiport/s/-j ACCEPT/-j web/
/:services/a :web - [0:0]
/^COMMIT/i -A web -p tcp -m tcp --dport 443 -j ACCEPT\n-A web -p tcp -m tcp --dport 80 -j ACCEPT
