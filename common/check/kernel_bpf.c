/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Programs of -m bpf --bytecode that the kernel refuses: bpf_check_classic() of net/core/filter.c. */
#include "check/kernel_check.h"
#include "model/ext.h"

#include <linux/filter.h>
#include <linux/netfilter/xt_bpf.h>

/* Is it an instruction at all? */
static bool is_known(const struct sock_filter *at)
{
	static const unsigned short codes[] = {
		BPF_LD | BPF_W | BPF_ABS, BPF_LD | BPF_H | BPF_ABS, BPF_LD | BPF_B | BPF_ABS, BPF_LD | BPF_W | BPF_IND,
		BPF_LD | BPF_H | BPF_IND, BPF_LD | BPF_B | BPF_IND, BPF_LD | BPF_W | BPF_LEN, BPF_LD | BPF_IMM, BPF_LD | BPF_MEM,
		BPF_LDX | BPF_W | BPF_LEN, BPF_LDX | BPF_B | BPF_MSH, BPF_LDX | BPF_IMM, BPF_LDX | BPF_MEM, BPF_ST, BPF_STX,
		BPF_MISC | BPF_TAX, BPF_MISC | BPF_TXA, BPF_RET | BPF_K, BPF_RET | BPF_A, BPF_ALU | BPF_NEG, BPF_JMP | BPF_JA,
	};
	unsigned plain = at->code & ~(unsigned)BPF_X; /* with K or with X */

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (at->code == codes[i])
			return true;
	if (BPF_CLASS(plain) == BPF_ALU)
		return plain == (BPF_ALU | BPF_OP(plain)) && BPF_OP(plain) <= BPF_XOR && BPF_OP(plain) != BPF_NEG;
	return BPF_CLASS(plain) == BPF_JMP && plain == (BPF_JMP | BPF_OP(plain)) && BPF_OP(plain) >= BPF_JEQ &&
	       BPF_OP(plain) <= BPF_JSET;
}

static bool loads_memory(const struct sock_filter *at)
{
	return at->code == (BPF_LD | BPF_MEM) || at->code == (BPF_LDX | BPF_MEM);
}

static bool stores_memory(const struct sock_filter *at)
{
	return at->code == BPF_ST || at->code == BPF_STX;
}

/* One instruction, of which `rest` come behind it. NULL: nothing is wrong about it. */
static const char *instruction_fault(const struct sock_filter *at, unsigned rest)
{
	unsigned op = BPF_OP(at->code);
	bool number = BPF_CLASS(at->code) == BPF_ALU && BPF_SRC(at->code) == BPF_K;
	unsigned beyond = at->k - (unsigned)SKF_AD_OFF; /* the kernel's own values, every fourth number */

	if (!is_known(at))
		return "bpf --bytecode has an instruction that the kernel does not know: it refuses it";
	if (BPF_CLASS(at->code) == BPF_JMP && (op == BPF_JA ? at->k >= rest : at->jt >= rest || at->jf >= rest))
		return "bpf --bytecode jumps past its end: the kernel rejects it";
	if ((loads_memory(at) || stores_memory(at)) && at->k >= BPF_MEMWORDS)
		return "bpf --bytecode uses memory that does not exist (M[16] and up): the kernel rejects it";
	if (number && (op == BPF_DIV || op == BPF_MOD) && at->k == 0)
		return "bpf --bytecode divides by 0: the kernel rejects it";
	if (number && (op == BPF_LSH || op == BPF_RSH) && at->k >= 32)
		return "bpf --bytecode can shift by at most 31: the kernel rejects more";
	if (BPF_CLASS(at->code) == BPF_LD && BPF_MODE(at->code) == BPF_ABS && at->k >= (unsigned)SKF_AD_OFF &&
	    (beyond % 4 != 0 || beyond >= SKF_AD_MAX))
		return "bpf --bytecode loads a value that the kernel does not have: it refuses it";
	return NULL;
}

/* Memory is written before it is read, whatever the jumps: check_load_and_stores(). */
static bool memory_is_written(const struct sock_filter *program, unsigned count)
{
	unsigned short masks[XT_BPF_MAX_NUM_INSTR], valid = 0;

	for (unsigned i = 0; i < count; i++)
		masks[i] = UINT16_MAX;
	for (unsigned i = 0; i < count; i++) {
		const struct sock_filter *at = &program[i];

		valid &= masks[i];
		if (stores_memory(at))
			valid |= (unsigned short)(1U << at->k);
		if (loads_memory(at) && (valid & 1U << at->k) == 0)
			return false;
		if (BPF_CLASS(at->code) != BPF_JMP)
			continue;
		if (BPF_OP(at->code) == BPF_JA) {
			masks[i + 1 + at->k] &= valid;
		} else {
			masks[i + 1 + at->jt] &= valid;
			masks[i + 1 + at->jf] &= valid;
		}
		valid = UINT16_MAX;
	}
	return true;
}

static const char *program_fault(const struct sock_filter *program, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		const char *fault = instruction_fault(&program[i], count - i - 1);

		if (fault != NULL)
			return fault;
	}
	if (count == 0 || BPF_CLASS(program[count - 1].code) != BPF_RET)
		return "bpf --bytecode does not end with a return: the kernel rejects it";
	return memory_is_written(program, count) ? NULL : "bpf --bytecode reads memory that it did not write: the kernel rejects it";
}

void kernel_check_bpf(const struct kernel_check *check, const struct extension *extension)
{
	const struct xt_bpf_info_v1 *info = KERNEL_DATA(extension, struct xt_bpf_info_v1);
	const char *fault = NULL;

	if (extension->kind->revision != 1 || info == NULL)
		return;
	if (info->mode == XT_BPF_MODE_FD_PINNED)
		kernel_say(check, DIAG_KERNEL_NEEDS, extension, "bpf --object-pinned needs a program pinned at this "
								"path");
	else if (info->mode == XT_BPF_MODE_BYTECODE && info->bpf_program_num_elem <= XT_BPF_MAX_NUM_INSTR)
		fault = program_fault(info->bpf_program, info->bpf_program_num_elem);
	if (fault != NULL)
		kernel_say(check, DIAG_KERNEL_VALUE, extension, fault);
}
