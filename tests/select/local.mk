#   local.mk - tests of selects
#
#   SPDX-License-Identifier: MPL-2.0

check_programs += \
	%D%/check_before \
	%D%/check_harm \
	%D%/check_select \
	%D%/check_wait
