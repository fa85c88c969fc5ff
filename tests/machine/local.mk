#   local.mk - tests of lib/machine
#
#   SPDX-License-Identifier: MPL-2.0

check_programs += \
	%D%/check_array \
	%D%/check_barrier \
	%D%/check_condition \
	%D%/check_condition_notice \
	%D%/check_damage \
	%D%/check_deadlock_condition \
	%D%/check_dict \
	%D%/check_directory \
	%D%/check_event \
	%D%/check_history \
	%D%/check_list \
	%D%/check_lock \
	%D%/check_machine \
	%D%/check_memory \
	%D%/check_namespace \
	%D%/check_path \
	%D%/check_poll \
	%D%/check_queue \
	%D%/check_queue_lease \
	%D%/check_queue_many \
	%D%/check_rwlock \
	%D%/check_semaphore \
	%D%/check_set \
	%D%/check_snapshot \
	%D%/check_starved \
	%D%/check_transaction \
	%D%/check_transaction_queue \
	%D%/check_var

%C%_check_memory_LDFLAGS = $(WRAP_MALLOC)
%C%_check_starved_LDFLAGS = $(WRAP_MALLOC)

#   Every compiler gives the machine the same state.

state_hash = %D%/state_hash.sh

EXTRA_DIST += \
	%D%/state_hash.c \
	$(state_hash)
