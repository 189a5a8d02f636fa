/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "profile/service.h"

#include <stdlib.h>
#include <string.h>

/*
 * The ports are those of IANA's service name registry, or, for services that are not registered, the default in
 * the documentation of the program. "link" means that clients have no address in the network yet.
 */
const struct builtin_service builtin_services[] = {
	{ "adb", "tcp 5555", NULL, "Android debug bridge" },
	{ "amanda", "udp 10080", "amanda", "Amanda backup" },
	{ "amqp", "tcp 5672", NULL, "RabbitMQ and other AMQP brokers" },
	{ "amqps", "tcp 5671", NULL, "AMQP with TLS" },
	{ "bacula", "tcp 9101-9103", NULL, "Bacula backup" },
	{ "bgp", "tcp 179", NULL, "Border gateway protocol" },
	{ "bittorrent", "tcp 6881-6889, udp 6881-6889", NULL, "BitTorrent" },
	{ "borg-ssh", "tcp 22", NULL, "Borg backup, over SSH" },
	{ "cassandra", "tcp 9042", NULL, "Apache Cassandra clients" },
	{ "ceph", "tcp 3300, tcp 6789, tcp 6800-7300", NULL, "Ceph storage" },
	{ "checkmk-agent", "tcp 6556", NULL, "Checkmk agent" },
	{ "chrony-cmd", "udp 323", NULL, "chrony's command port" },
	{ "cockpit", "tcp 9090", NULL, "Cockpit web console" },
	{ "consul", "tcp 8300-8302, udp 8301-8302, tcp 8500", NULL, "HashiCorp Consul" },
	{ "couchdb", "tcp 5984", NULL, "Apache CouchDB" },
	{ "dhcp-client", "udp 68", NULL, "replies to a DHCP client" },
	{ "dhcp-server", "link udp 67, link udp 547", NULL, "DHCP and DHCPv6 server" },
	{ "dhcpv6-client", "udp 546", NULL, "replies to a DHCPv6 client" },
	{ "distcc", "tcp 3632", NULL, "distributed compiler" },
	{ "dns", "tcp 53, udp 53", NULL, "Domain name system" },
	{ "dns-over-quic", "udp 853", NULL, "DNS over QUIC" },
	{ "dns-over-tls", "tcp 853", NULL, "DNS over TLS" },
	{ "docker-registry", "tcp 5000", NULL, "container registry" },
	{ "docker-swarm", "tcp 2377, tcp 7946, udp 7946, udp 4789", NULL, "Docker swarm" },
	{ "elasticsearch", "tcp 9200, tcp 9300", NULL, "Elasticsearch" },
	{ "etcd", "tcp 2379-2380", NULL, "etcd clients and peers" },
	{ "finger", "tcp 79", NULL, "Finger" },
	{ "freeipa", "tcp 80, tcp 88, tcp 389, tcp 443, tcp 464, tcp 636, udp 88, udp 464", NULL, "FreeIPA server" },
	{ "ftp", "tcp 21", "ftp", "File transfer protocol" },
	{ "ftps", "tcp 990", NULL, "FTP with TLS, control" },
	{ "galera", "tcp 3306, tcp 4444, tcp 4567-4568, udp 4567", NULL, "Galera cluster" },
	{ "git", "tcp 9418", NULL, "Git's own protocol" },
	{ "gitea", "tcp 3000", NULL, "Gitea and Forgejo" },
	{ "grafana", "tcp 3000", NULL, "Grafana" },
	{ "h323", "tcp 1720", "Q.931", "H.323 calls" },
	{ "h323-ras", "udp 1719", "RAS", "H.323 registration" },
	{ "http", "tcp 80", NULL, "Web" },
	{ "http-alt", "tcp 8080", NULL, "Web, the other port" },
	{ "http3", "udp 443", NULL, "Web over QUIC" },
	{ "https", "tcp 443", NULL, "Web with TLS" },
	{ "ident", "tcp 113", NULL, "Ident" },
	{ "ike", "udp 500, udp 4500", NULL, "IPsec key exchange" },
	{ "imap", "tcp 143", NULL, "Mail reading" },
	{ "imaps", "tcp 993", NULL, "Mail reading with TLS" },
	{ "influxdb", "tcp 8086", NULL, "InfluxDB" },
	{ "iperf3", "tcp 5201, udp 5201", NULL, "iperf3 measurements" },
	{ "ipfs", "tcp 4001, udp 4001", NULL, "IPFS swarm" },
	{ "ipp", "tcp 631, udp 631", NULL, "Printing (CUPS)" },
	{ "ipsec-nat-t", "udp 4500", NULL, "IPsec behind NAT" },
	{ "irc", "tcp 6667", "irc", "Internet relay chat" },
	{ "ircs", "tcp 6697", NULL, "Internet relay chat with TLS" },
	{ "iscsi", "tcp 3260", NULL, "iSCSI target" },
	{ "jetdirect", "tcp 9100", NULL, "Printers, raw" },
	{ "kafka", "tcp 9092", NULL, "Apache Kafka" },
	{ "kdeconnect", "tcp 1714-1764, udp 1714-1764", NULL, "KDE Connect" },
	{ "kerberos", "tcp 88, udp 88", NULL, "Kerberos" },
	{ "kerberos-adm", "tcp 749", NULL, "Kerberos administration" },
	{ "kibana", "tcp 5601", NULL, "Kibana" },
	{ "kpasswd", "tcp 464, udp 464", NULL, "Kerberos passwords" },
	{ "kube-apiserver", "tcp 6443", NULL, "Kubernetes API" },
	{ "kube-kubelet", "tcp 10250", NULL, "Kubernetes kubelet" },
	{ "kube-nodeport", "tcp 30000-32767, udp 30000-32767", NULL, "Kubernetes node ports" },
	{ "l2tp", "udp 1701", NULL, "L2TP tunnels" },
	{ "ldap", "tcp 389, udp 389", NULL, "Directory" },
	{ "ldaps", "tcp 636", NULL, "Directory with TLS" },
	{ "libvirt", "tcp 16509", NULL, "libvirt" },
	{ "libvirt-tls", "tcp 16514", NULL, "libvirt with TLS" },
	{ "llmnr", "tcp 5355, udp 5355", NULL, "Link-local name resolution" },
	{ "lpd", "tcp 515", NULL, "Printing, the old way" },
	{ "matrix", "tcp 8448", NULL, "Matrix federation" },
	{ "mdns", "udp 5353", NULL, "Multicast DNS" },
	{ "memcached", "tcp 11211", NULL, "memcached" },
	{ "minecraft", "tcp 25565", NULL, "Minecraft" },
	{ "mongodb", "tcp 27017", NULL, "MongoDB" },
	{ "mosh", "udp 60000-61000", NULL, "Mobile shell" },
	{ "mountd", "tcp 20048, udp 20048", NULL, "NFS version 3 mounts" },
	{ "mqtt", "tcp 1883", NULL, "MQTT" },
	{ "mqtts", "tcp 8883", NULL, "MQTT with TLS" },
	{ "ms-sql", "tcp 1433", NULL, "Microsoft SQL Server" },
	{ "munin", "tcp 4949", NULL, "Munin node" },
	{ "mysql", "tcp 3306", NULL, "MySQL and MariaDB" },
	{ "nats", "tcp 4222", NULL, "NATS" },
	{ "nbd", "tcp 10809", NULL, "Network block device" },
	{ "netbios-ns", "udp 137", "netbios-ns", "NetBIOS names" },
	{ "netdata", "tcp 19999", NULL, "Netdata" },
	{ "nfs", "tcp 2049, udp 2049", NULL, "NFS" },
	{ "node-exporter", "tcp 9100", NULL, "Prometheus node exporter" },
	{ "nomad", "tcp 4646-4648, udp 4648", NULL, "HashiCorp Nomad" },
	{ "nrpe", "tcp 5666", NULL, "Nagios remote plugins" },
	{ "ntp", "udp 123", NULL, "Time" },
	{ "nts-ke", "tcp 4460", NULL, "Time security, key exchange" },
	{ "nut", "tcp 3493", NULL, "Network UPS tools" },
	{ "openvpn", "udp 1194", NULL, "OpenVPN" },
	{ "oracle", "tcp 1521", NULL, "Oracle database" },
	{ "plex", "tcp 32400", NULL, "Plex" },
	{ "pop3", "tcp 110", NULL, "Mail fetching" },
	{ "pop3s", "tcp 995", NULL, "Mail fetching with TLS" },
	{ "postgresql", "tcp 5432", NULL, "PostgreSQL" },
	{ "pptp", "tcp 1723", "pptp", "PPTP tunnels" },
	{ "prometheus", "tcp 9090", NULL, "Prometheus" },
	{ "proxmox", "tcp 8006", NULL, "Proxmox web interface" },
	{ "ptp", "udp 319-320", NULL, "Precision time" },
	{ "puppet", "tcp 8140", NULL, "Puppet server" },
	{ "radius", "udp 1812-1813", NULL, "RADIUS" },
	{ "rdp", "tcp 3389, udp 3389", NULL, "Remote desktop" },
	{ "redis", "tcp 6379", NULL, "Redis" },
	{ "redis-sentinel", "tcp 26379", NULL, "Redis sentinel" },
	{ "rpcbind", "tcp 111, udp 111", NULL, "ONC RPC ports" },
	{ "rsync", "tcp 873", NULL, "rsync daemon" },
	{ "rtmp", "tcp 1935", NULL, "Video streams to a server" },
	{ "rtp", "udp 16384-32767", NULL, "Voice and video streams" },
	{ "rtsp", "tcp 554", NULL, "Streaming control" },
	{ "salt", "tcp 4505-4506", NULL, "Salt master" },
	{ "samba", "tcp 139, tcp 445, udp 137-138", NULL, "Samba with NetBIOS" },
	{ "sane", "tcp 6566", "sane", "Scanners" },
	{ "sctp-diameter", "sctp 3868", NULL, "Diameter" },
	{ "sieve", "tcp 4190", NULL, "Mail filters" },
	{ "sip", "tcp 5060, udp 5060", "sip", "Voice calls" },
	{ "sips", "tcp 5061", NULL, "Voice calls with TLS" },
	{ "smb", "tcp 445", NULL, "File sharing" },
	{ "smtp", "tcp 25", NULL, "Mail between servers" },
	{ "snmp", "udp 161", "snmp", "Network management" },
	{ "snmptrap", "udp 162", NULL, "Network management, traps" },
	{ "socks", "tcp 1080", NULL, "SOCKS proxy" },
	{ "squid", "tcp 3128", NULL, "Squid proxy" },
	{ "ssdp", "udp 1900", NULL, "UPnP discovery" },
	{ "ssh", "tcp 22", NULL, "Secure shell" },
	{ "steam", "udp 27000-27100, tcp 27015-27030", NULL, "Steam servers" },
	{ "stun", "tcp 3478, udp 3478", NULL, "STUN and TURN" },
	{ "submission", "tcp 587", NULL, "Mail from users" },
	{ "submissions", "tcp 465", NULL, "Mail from users with TLS" },
	{ "svn", "tcp 3690", NULL, "Subversion" },
	{ "syncthing", "tcp 22000, udp 22000, udp 21027", NULL, "Syncthing" },
	{ "syslog", "udp 514", NULL, "Log messages" },
	{ "syslog-tls", "tcp 6514", NULL, "Log messages with TLS" },
	{ "tacacs", "tcp 49", NULL, "TACACS+" },
	{ "teamspeak", "udp 9987, tcp 10011, tcp 30033", NULL, "TeamSpeak" },
	{ "telnet", "tcp 23", NULL, "Telnet" },
	{ "tftp", "udp 69", "tftp", "Trivial file transfer" },
	{ "tor", "tcp 9001", NULL, "Tor relay" },
	{ "tor-dir", "tcp 9030", NULL, "Tor directory" },
	{ "traceroute", "udp 33434-33523", NULL, "UDP traceroute" },
	{ "transmission", "tcp 9091, tcp 51413, udp 51413", NULL, "Transmission" },
	{ "unifi", "tcp 8080, tcp 8443, udp 3478, udp 10001", NULL, "UniFi controller" },
	{ "vault", "tcp 8200-8201", NULL, "HashiCorp Vault" },
	{ "vnc", "tcp 5900-5903", NULL, "Remote screens" },
	{ "vxlan", "udp 4789", NULL, "VXLAN tunnels" },
	{ "whois", "tcp 43", NULL, "Whois" },
	{ "winrm", "tcp 5985-5986", NULL, "Windows remote management" },
	{ "wireguard", "udp 51820", NULL, "WireGuard" },
	{ "wsd", "tcp 5357, udp 3702", NULL, "Web services discovery" },
	{ "xmpp-client", "tcp 5222", NULL, "XMPP clients" },
	{ "xmpp-server", "tcp 5269", NULL, "XMPP servers" },
	{ "zabbix-agent", "tcp 10050", NULL, "Zabbix agent" },
	{ "zabbix-server", "tcp 10051", NULL, "Zabbix server" },
	{ "zerotier", "udp 9993", NULL, "ZeroTier" },
	{ "zookeeper", "tcp 2181", NULL, "Apache ZooKeeper" },
};

const size_t builtin_service_count = ARRAY_LEN(builtin_services);

/*
 * The kernel's helpers (net/netfilter/nf_conntrack_*.c). irc, netbios-ns, pptp and snmp do not exist for IPv6:
 * iptables-restore would fail there without a useful message.
 */
static const struct helper_kind helper_kinds[] = {
	{ "amanda", "amanda", false, true },
	{ "ftp", "ftp", false, true },
	{ "irc", "irc", true, true },
	{ "netbios-ns", "netbios_ns", true, false },
	{ "pptp", "pptp", true, true },
	{ "Q.931", "h323", false, true },
	{ "RAS", "h323", false, true },
	{ "sane", "sane", false, false },
	{ "sip", "sip", false, true },
	{ "snmp", "snmp", true, false },
	{ "tftp", "tftp", false, true },
};

const struct helper_kind *helper_kind_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(helper_kinds); i++)
		if (strcmp(helper_kinds[i].name, name) == 0)
			return &helper_kinds[i];
	return NULL;
}

const char *helper_kind_name(size_t i)
{
	return i < ARRAY_LEN(helper_kinds) ? helper_kinds[i].name : NULL;
}

static int service_compare(const void *key, const void *item)
{
	return strcmp(key, ((const struct builtin_service *)item)->name);
}

const struct builtin_service *builtin_service_find(const char *name)
{
	return bsearch(name, builtin_services, builtin_service_count, sizeof(*builtin_services), service_compare);
}

bool builtin_service_next(const char **at, struct ports *out)
{
	static const struct {
		const char *word;
		int proto;
	} protocols[] = { { "tcp ", PROTO_TCP }, { "udp ", PROTO_UDP }, { "sctp ", PROTO_SCTP } };
	char *end;

	*out = (struct ports){ .proto = PROTO_TCP };
	if (**at == '\0')
		return false;
	if (strncmp(*at, "link ", 5) == 0) {
		out->unaddressed = true;
		*at += 5;
	}
	for (size_t i = 0; i < ARRAY_LEN(protocols); i++)
		if (strncmp(*at, protocols[i].word, strlen(protocols[i].word)) == 0) {
			out->proto = protocols[i].proto;
			*at += strlen(protocols[i].word);
		}
	out->first = out->last = (unsigned)strtoul(*at, &end, 10);
	if (*end == '-')
		out->last = (unsigned)strtoul(end + 1, &end, 10);
	*at = end + strspn(end, ", ");
	return true;
}

/* Whether one of the words from `text` to `end`, before a comment, is `name`. */
static bool line_names(const char *text, const char *end, const char *name)
{
	size_t len = strlen(name);

	while (text < end && *text != '#') {
		size_t word = strcspn(text, " \t\n#");

		if (word == len && strncmp(text, name, len) == 0)
			return true;
		text += word;
		while (text < end && (*text == ' ' || *text == '\t'))
			text++;
	}
	return false;
}

/* "ssh   22/tcp   alias..." */
bool etc_service_next(const char **at, const char *name, struct ports *out)
{
	while (**at != '\0') {
		const char *line = *at, *end = line + strcspn(line, "\n");
		const char *port = line + strcspn(line, " \t\n#");
		char *behind;

		*at = *end == '\n' ? end + 1 : end;
		port += strspn(port, " \t");
		*out = (struct ports){ .first = (unsigned)strtoul(port, &behind, 10) };
		out->last = out->first;
		if (line[0] == '#' || behind == port || *behind != '/' || out->first == 0 || out->first > 65535)
			continue;
		out->proto = strncmp(behind, "/tcp", 4) == 0   ? PROTO_TCP
			     : strncmp(behind, "/udp", 4) == 0 ? PROTO_UDP
			     : strncmp(behind, "/sctp", 5) == 0 ? PROTO_SCTP
								: PROTO_ANY;
		if (out->proto == PROTO_ANY)
			continue;
		behind += strcspn(behind, " \t\n#");
		if (line_names(line, line + strcspn(line, " \t\n#"), name) || line_names(behind + strspn(behind, " \t"), end, name))
			return true;
	}
	return false;
}
