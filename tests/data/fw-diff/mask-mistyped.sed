# department.rules: a zero is lost from the mask of one network
s,172.18.4.0/24,172.18.4.0/2,
