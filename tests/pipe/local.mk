#   local.mk - tests of pipes
#
#   SPDX-License-Identifier: MPL-2.0

check_programs += \
	%D%/check_end \
	%D%/check_misuse \
	%D%/check_pipe \
	%D%/check_ready \
	%D%/check_ready_end
