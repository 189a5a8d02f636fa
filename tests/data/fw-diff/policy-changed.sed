# department.rules: a test is left over
s/:FORWARD DROP/:FORWARD ACCEPT/
