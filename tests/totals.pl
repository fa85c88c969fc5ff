#!/usr/bin/perl
#   totals.pl - counts the tests that passed and failed in the last `make check`
#
#   usage: totals.pl RESULT.trs...
#
#   Each test of a Check program counts; any other program counts as one test. A
#   program that fails although all its tests passed counts as one more failure:
#   a sanitizer's report, or a crash at the end. Prints `N passed, N failed, N
#   skipped`.
#
#   SPDX-License-Identifier: MPL-2.0

use strict;
use warnings;

sub slurp
{
    my ($path) = @_;
    open my $file, '<', $path or return '';
    local $/;
    return <$file> // '';
}

my ($passed, $failed, $skipped) = (0, 0, 0);
foreach my $path (@ARGV) {
    my ($result) = slurp ($path) =~ /^:global-test-result: (\w+)/m;
    $result //= 'ERROR';
    (my $log = $path) =~ s/\.trs$/.log/;
    my ($good, $bad) = (0, 0);
    my $text = slurp ($log);
    while ($text =~ /^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)/mg) {
        $bad += $2 + $3;
        $good += $1 - $2 - $3;
    }
    if ($result eq 'SKIP') {
        $skipped++;
    } elsif ($result eq 'PASS') {
        $good = 1 if $good == 0;
    } elsif ($bad == 0) {
        $bad = 1;
    }
    $passed += $good;
    $failed += $bad;
}
print "$passed passed, $failed failed, $skipped skipped\n";
