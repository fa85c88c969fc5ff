#   local.mk - the house rules
#
#   SPDX-License-Identifier: MPL-2.0

tidy = \
	%D%/format.sh \
	%D%/headers.sh \
	%D%/layers.pl \
	%D%/manual.pl \
	%D%/proof.sh \
	%D%/rules.pl \
	%D%/symbols.sh

EXTRA_DIST += \
	$(tidy) \
	%D%/ratchet
