#   local.mk - tests of lib/carrier
#
#   SPDX-License-Identifier: MPL-2.0

check_programs += \
	%D%/check_dealer \
	%D%/check_runtime \
	%D%/check_runtime_foreign \
	%D%/check_runtime_order \
	%D%/check_runtime_race

%C%_check_runtime_order_LDFLAGS = \
	-Wl,--wrap=mkdirat,--wrap=renameat,--wrap=renameat2,--wrap=unlinkat
