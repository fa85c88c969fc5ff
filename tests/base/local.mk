#   local.mk - tests of lib/base
#
#   SPDX-License-Identifier: MPL-2.0

check_programs += \
	%D%/check_base \
	%D%/check_fork \
	%D%/check_pidfd
