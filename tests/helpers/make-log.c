/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * make-log LINES [SEED] - print a firewall's log, the same for the same seed: four prefixes, 4,000 sources of which a few
 * send most packets, 20 frequent ports and random ones. Each line ends with its number (N=...).
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SOURCES 4000

static uint64_t state;

static uint32_t next_random(uint32_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((state >> 33) % below);
}

/* A rank with weight 1/rank: the inverse of the sum of weights, which grows like the logarithm. */
static uint32_t pick_source(void)
{
	double u = next_random(1u << 30) / (double)(1u << 30);

	return (uint32_t)exp(u * log(SOURCES));
}

static uint32_t pick_port(void)
{
	static const unsigned short hot[] = { 22,   23,   80,   443,  445,  3389, 8080, 25,   53,    1433,
					      3306, 5060, 5432, 5900, 6379, 8443, 9200, 2323, 11211, 27017 };

	return next_random(4) == 0 ? next_random(65535) + 1 : hot[next_random(20)];
}

int main(int argc, char *argv[])
{
	static const char *const prefixes[] = { "iptables-INPUT-denied: ", "iptables-FORWARD-denied: ",
						"iptables-INVALID: ", "SSH-NEW-CONNECTION: " };
	unsigned long lines = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
	uint64_t micros = 0;

	state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	for (unsigned long i = 0; i < lines; i++) {
		uint32_t source = pick_source() * 2654435761u;
		unsigned second = (unsigned)(micros / 1000000);

		micros += next_random(200000);
		printf("2026-04-%02uT%02u:%02u:%02u.%06u+00:00 gw kernel: [%6u.%06u] %sIN=eth0 OUT= "
		       "MAC=52:54:00:12:34:56:52:54:00:65:43:21:08:00 SRC=%u.%u.%u.%u DST=192.0.2.10 LEN=%u TOS=0x00 "
		       "PREC=0x00 TTL=%u ID=%u DF PROTO=TCP SPT=%u DPT=%u WINDOW=%u RES=0x00 SYN URGP=0 N=%lu\n",
		       1 + second / 86400 % 28, second / 3600 % 24, second / 60 % 60, second % 60,
		       (unsigned)(micros % 1000000), second + 1000, next_random(1000000), prefixes[next_random(4)],
		       (source >> 24) % 223 + 1, source >> 16 & 255, source >> 8 & 255, source & 255,
		       next_random(8) == 0 ? 40u : 60u, 40 + next_random(24), next_random(65536),
		       1024 + next_random(64000), pick_port(), next_random(4) == 0 ? 1024u : 64240u, i);
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
