#   local.mk - tests of lib/client
#
#   SPDX-License-Identifier: MPL-2.0

check_programs += \
	%D%/check_faults \
	%D%/check_first_call \
	%D%/check_first_descriptor \
	%D%/check_protocol \
	%D%/check_protocol_again \
	%D%/check_protocol_frames \
	%D%/check_uplink

%C%_check_faults_LDFLAGS = $(WRAP_MALLOC) $(WRAP_MESSAGE) \
	-Wl,--wrap=zmq_msg_init_size
%C%_check_protocol_LDFLAGS = $(WRAP_MALLOC)
%C%_check_protocol_again_LDFLAGS = $(WRAP_MALLOC)
%C%_check_protocol_frames_LDFLAGS = $(WRAP_MALLOC)
%C%_check_first_call_LDFLAGS = $(WRAP_SIGNAL)
