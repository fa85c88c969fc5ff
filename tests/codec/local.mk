#   local.mk - tests of lib/codec
#
#   SPDX-License-Identifier: MPL-2.0

check_programs += \
	%D%/check_frame \
	%D%/check_frame_body \
	%D%/check_pack \
	%D%/check_pack_random \
	%D%/check_parse \
	%D%/check_print \
	%D%/check_value

%C%_check_frame_LDFLAGS = $(WRAP_MALLOC)
%C%_check_frame_body_LDFLAGS = $(WRAP_MALLOC)
%C%_check_pack_LDFLAGS = $(WRAP_MALLOC)
%C%_check_pack_random_LDFLAGS = $(WRAP_MALLOC)
%C%_check_parse_LDFLAGS = $(WRAP_MALLOC)
%C%_check_print_LDFLAGS = $(WRAP_MALLOC)
%C%_check_value_LDFLAGS = $(WRAP_MALLOC)
