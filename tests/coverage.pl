#!/usr/bin/perl
#   coverage.pl - coverage of the library: lines and branches of each file, and
#   the missing lines of its core
#
#   usage: coverage.pl [--all] [FILE ...]
#
#   Run it after make check in a build folder that was configured with
#   --enable-coverage and CFLAGS='-g -O0' (optimized code has other branches).
#   Without FILE the table has all files of lib/. Missing lines are shown for
#   these files, otherwise for the core; with --all for all files.
#
#   It does not count branches of assertions, whose other side no test may
#   reach, and those inside uthash's macros, which are not ours. Processes that
#   end by a signal or by _exit leave no record.
#
#   SPDX-License-Identifier: MPL-2.0

use strict;
use warnings;
use Cwd qw(abs_path getcwd);
use File::Find;
use JSON::PP;

my $GCOV = $ENV{GCOV} // 'gcov';
my $CORE = qr{^lib/(?:codec/\w+|machine/[\w/]+|client/protocol|
                  owner/(?:admit|engine|entries|intake|peers|refuse|sessions))\.[ch]$}x;
my $OTHERS = qr/\b(?:assert|HASH_\w+|DL_\w+)\s*\(/;

my $root = abs_path ($ENV{srcdir} // '.');
my $build = getcwd ();
my %files; #   path => {lines => {number => count}, branches => {...}}
my %texts; #   path => its lines

sub text_of
{
    my ($path) = @_;
    $texts{$path} //= do {
        open my $file, '<', "$root/$path" or die "$root/$path: $!\n";
        ['', <$file>];
    };
    return $texts{$path};
}

#   Returns whether a branch belongs to an assertion or to a foreign macro: on
#   its line, or above it in the same statement.
sub is_other
{
    my ($path, $number) = @_;
    my $text = text_of ($path);
    for (my $i = $number; $i > 0; $i--) {
        return 1 if $text->[$i] =~ $OTHERS;
        return 0 if $i <= 1 || $text->[$i - 1] =~ /[;{}]\s*(?:\/\/.*)?$/ ||
                    $text->[$i - 1] =~ /^\s*(?:\/\/.*)?$/;
    }
    return 0;
}

#   Adds gcov's counts for one object file.
sub take
{
    my ($data) = @_;
    open my $output, '-|', $GCOV, '-b', '-c', '--json-format', '--stdout', $data
        or die "$GCOV: $!\n";
    my $text = do { local $/; <$output> };
    foreach my $report (JSON::PP->new->incr_parse ($text)) {
        foreach my $file (@{$report->{files}}) {
            my $path = abs_path ($file->{file}) // next;
            next unless $path =~ s{^\Q$root\E/(lib/.*)}{$1};
            foreach my $line (@{$file->{lines}}) {
                my $number = $line->{line_number};
                $files{$path}{lines}{$number} += $line->{count};
                next if is_other ($path, $number);
                my $branches = $files{$path}{branches}{$number} //= [];
                my $place = 0;
                $branches->[$place++] += $_->{count}
                    foreach @{$line->{branches}};
            }
        }
    }
    close $output
        or die "$GCOV cannot read $data\n";
}

sub percent
{
    my ($part, $whole) = @_;
    return $whole ? sprintf ('%.1f %%', 100 * $part / $whole) : '-';
}

#   Returns (lines reached, lines, branches taken, branches, missing lines).
sub count
{
    my ($path) = @_;
    my ($reached, $lines, $taken, $all) = (0, 0, 0, 0);
    my @missing;
    my $file = $files{$path};
    foreach my $number (sort { $a <=> $b } keys %{$file->{lines}}) {
        my @branches = @{$file->{branches}{$number} // []};
        my $idle = grep { !$_ } @branches;
        $lines++;
        $reached++ if $file->{lines}{$number};
        $all += @branches;
        $taken += @branches - $idle;
        next unless $idle || !$file->{lines}{$number};
        my $text = text_of ($path)->[$number] =~ s/^\s+|\s+$//gr;
        push @missing, "$path:$number: " .
            ($file->{lines}{$number} ? "$idle of " . @branches . ' branches'
                                     : 'never reached') . ": $text";
    }
    return ($reached, $lines, $taken, $all, @missing);
}

my $show_all = @ARGV && $ARGV[0] eq '--all' && shift @ARGV;
my %wanted = map { $_ => 1 } @ARGV;
my @data;
find (sub { push @data, $File::Find::name if /\.gcda$/ }, "$build/lib");
die "coverage.pl: nothing was recorded in $build/lib: " .
    "configure --enable-coverage, make check\n" unless @data;
take ($_) foreach sort @data;

my @missing;
my %sums = (core => [0, 0, 0, 0], rest => [0, 0, 0, 0]);
print "| file | lines | | branches | |\n| --- | --: | --: | --: | --: |\n";
my $row = sub {
    my ($name, $reached, $lines, $taken, $all) = @_;
    printf "| %s | %d of %d | %s | %d of %d | %s |\n", $name, $reached, $lines,
        percent ($reached, $lines), $taken, $all, percent ($taken, $all);
};
foreach my $path (sort keys %files) {
    next if %wanted && !$wanted{$path};
    my ($reached, $lines, $taken, $all, @gaps) = count ($path);
    $row->($path, $reached, $lines, $taken, $all);
    my $sum = $sums{$path =~ $CORE ? 'core' : 'rest'};
    my @counts = ($reached, $lines, $taken, $all);
    $sum->[$_] += $counts[$_] foreach 0 .. 3;
    push @missing, @gaps if $show_all || %wanted || $path =~ $CORE;
}
$row->("**$_**", @{$sums{$_}}) foreach sort keys %sums;
print "\n$_" foreach @missing;
print "\n" if @missing;
