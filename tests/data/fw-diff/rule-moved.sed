# host.rules: the chain of blocked networks is asked behind the web server
/-A INPUT -j abuse/d
/--dports 80,443/a -A INPUT -j abuse
