/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* pin-bpf PATH - pin a socket filter that accepts every packet at PATH, in a bpf file system, for -m bpf to load. */
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	struct bpf_insn code[] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1 }, { .code = BPF_JMP | BPF_EXIT } };
	union bpf_attr load = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER, .insns = (uintptr_t)code, .insn_cnt = 2,
				.license = (uintptr_t) "GPL" };
	union bpf_attr pin = { .pathname = argc == 2 ? (uintptr_t)argv[1] : 0 };
	long program = argc == 2 ? syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof(load)) : -1;

	pin.bpf_fd = (uint32_t)program;
	if (program >= 0 && syscall(SYS_bpf, BPF_OBJ_PIN, &pin, sizeof(pin)) == 0)
		return 0;
	perror("pin-bpf");
	return 1;
}
