#   local.mk - tests of an owner without sockets, and of its log
#
#   SPDX-License-Identifier: MPL-2.0

check_programs += \
	%D%/check_failures \
	%D%/check_hostile \
	%D%/check_hostile_socket \
	%D%/check_limits \
	%D%/check_log \
	%D%/check_memory \
	%D%/check_requests \
	%D%/check_sessions

%C%_check_failures_LDFLAGS = $(WRAP_MALLOC)
%C%_check_limits_LDFLAGS = $(WRAP_MALLOC)
%C%_check_log_LDFLAGS = $(WRAP_MALLOC)
%C%_check_memory_LDFLAGS = $(WRAP_MALLOC)
%C%_check_requests_LDFLAGS = $(WRAP_MALLOC)
%C%_check_sessions_LDFLAGS = $(WRAP_MALLOC)
