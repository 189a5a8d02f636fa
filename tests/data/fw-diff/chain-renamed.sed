# department.rules: two chains have better names
s/net_physics/to_physics/
s/mac_guests/guests/
