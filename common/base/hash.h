/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* FNV-1a (draft-eastlake-fnv): no protection against texts that were made to collide. */
#ifndef FW_BASE_HASH_H
#define FW_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH32_START 2166136261U
#define HASH64_START 14695981039346656037U

/* Adds bytes to a hash, which begins with HASH32_START. */
static inline uint32_t hash32_add(uint32_t hash, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ at[i]) * 16777619U;
	return hash;
}

/* The same with 64 bits, from HASH64_START. */
static inline uint64_t hash64_add(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ at[i]) * 1099511628211U;
	return hash;
}

#endif
