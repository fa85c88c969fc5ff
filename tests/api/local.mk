#   local.mk - tests of the public API
#
#   SPDX-License-Identifier: MPL-2.0

check_programs += \
	%D%/check_array \
	%D%/check_dict \
	%D%/check_event \
	%D%/check_fork \
	%D%/check_interrupt \
	%D%/check_lease \
	%D%/check_linear \
	%D%/check_list \
	%D%/check_lock \
	%D%/check_lock_harm \
	%D%/check_matrix_dict \
	%D%/check_matrix_list \
	%D%/check_matrix_lock \
	%D%/check_matrix_make \
	%D%/check_matrix_meet \
	%D%/check_matrix_queue \
	%D%/check_misuse \
	%D%/check_namespace \
	%D%/check_path \
	%D%/check_queue \
	%D%/check_queue_death \
	%D%/check_references \
	%D%/check_rwlock \
	%D%/check_semaphore \
	%D%/check_set \
	%D%/check_transaction \
	%D%/check_transaction_queue \
	%D%/check_turns \
	%D%/check_var_wait
