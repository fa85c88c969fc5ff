#   local.mk - tests of the weir command
#
#   SPDX-License-Identifier: MPL-2.0

check_programs += \
	%D%/check_weir

%C%_check_weir_CPPFLAGS = $(AM_CPPFLAGS) -DWEIR_COMMAND='"$(abs_top_builddir)/tools/weir"'
