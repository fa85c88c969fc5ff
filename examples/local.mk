#   local.mk - programs like any user's, linked with the library
#
#   SPDX-License-Identifier: MPL-2.0

#   Their expected output is their test; see tests/example.pl for what can stand
#   in it.

noinst_PROGRAMS += \
	%D%/bank_flow \
	%D%/bank_lock \
	%D%/countdown_broken \
	%D%/countdown_flow \
	%D%/countdown_lock \
	%D%/jobs_lease \
	%D%/list_dict_flow \
	%D%/list_dict_lock \
	%D%/select_loop

examples = \
	%D%/bank_flow.expected \
	%D%/bank_lock.expected \
	%D%/countdown_broken.expected \
	%D%/countdown_flow.expected \
	%D%/countdown_lock.expected \
	%D%/jobs_lease.expected \
	%D%/list_dict_flow.expected \
	%D%/list_dict_lock.expected \
	%D%/select_loop.expected

%C%_bank_flow_LDADD = libweir.la
%C%_bank_lock_LDADD = libweir.la
%C%_countdown_broken_LDADD = libweir.la
%C%_countdown_flow_LDADD = libweir.la
%C%_countdown_lock_LDADD = libweir.la
%C%_jobs_lease_LDADD = libweir.la
%C%_list_dict_flow_LDADD = libweir.la
%C%_list_dict_lock_LDADD = libweir.la
%C%_select_loop_LDADD = libweir.la
