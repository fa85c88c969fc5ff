#   local.mk - tests of processes, owners and their deaths
#
#   SPDX-License-Identifier: MPL-2.0

check_programs += \
	%D%/check_closefrom \
	%D%/check_crowd \
	%D%/check_death \
	%D%/check_loop \
	%D%/check_owner \
	%D%/check_owner_end \
	%D%/check_owner_notes \
	%D%/check_owner_parent \
	%D%/check_process \
	%D%/check_process_end \
	%D%/check_process_start \
	%D%/check_thousand
