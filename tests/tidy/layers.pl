#!/usr/bin/perl
#   layers.pl - includes go downwards only, and what lib/machine may include
#
#   usage: layers.pl [ROOT]
#
#   A file in lib/ includes only files of its own layer and of those before it
#   in @LAYERS, as "layer/file.h". The public headers include only each other,
#   as "file.h". The tools, the examples and the benchmarks are programs like
#   any user's: <weir.h> and no inside.
#
#   SPDX-License-Identifier: MPL-2.0

use strict;
use warnings;

my @LAYERS = qw(weir base codec machine log carrier owner client api pipe select work);

#   No clock, files, threads or random in the machine. tests/tidy/symbols.sh
#   looks at what it calls.
my %MACHINE_MAY = map { $_ => 1 } qw(
    assert.h errno.h float.h inttypes.h limits.h math.h stdarg.h stdbool.h stddef.h
    stdint.h stdio.h stdlib.h string.h uthash.h utarray.h utlist.h
);
my %MACHINE_MUST_NOT = map { $_ => 1 } qw(base/fork.h base/random.h);

my $root = $ARGV [0] // $ENV{srcdir} // '.';
my %rank = map { $LAYERS [$_] => $_ } 0 .. $#LAYERS;
my $findings = 0;

sub finding
{
    my ($path, $line, $text) = @_;
    print "$path:$line: $text\n";
    $findings++;
}

#   What a file includes, as [line, how, what]; how is < or ".
sub includes
{
    my ($path) = @_;
    open my $file, '<', "$root/$path" or die "$root/$path: $!\n";
    my @found;
    while (<$file>) {
        push @found, [$., $1, $2] if /^\s*#\s*include\s+([<"])([^>"]+)[>"]/;
    }
    return @found;
}

sub sources
{
    my ($folder) = @_;
    return map { s{^\Q$root\E/}{}r } sort map { glob "$root/$folder/$_*.[ch]" }
        '', '*/', '*/*/';
}

sub check_public
{
    my ($path) = @_;
    foreach (includes ($path)) {
        my ($line, $how, $what) = @$_;
        finding ($path, $line, "a public header includes inside: $what")
            if $how eq '"' && !-e "$root/lib/weir/$what";
    }
}

sub check_inside
{
    my ($layer, $path) = @_;
    foreach (includes ($path)) {
        my ($line, $how, $what) = @$_;
        if ($how eq '<') {
            finding ($path, $line, "the machine is pure, and includes <$what>")
                if $layer eq 'machine' && !$MACHINE_MAY{$what};
            next;
        }
        my ($below) = $what =~ m{^(\w+)/[\w/]+\.h$};
        if (!defined $below || !defined $rank{$below}) {
            finding ($path, $line, "not of the form layer/file.h: $what");
        } elsif ($rank{$below} > $rank{$layer}) {
            finding ($path, $line, "$layer is below $below, and includes $what");
        } elsif ($layer eq 'machine' && $MACHINE_MUST_NOT{$what}) {
            finding ($path, $line, "the machine is pure, and includes $what");
        }
    }
}

sub check_program
{
    my ($path) = @_;
    foreach (includes ($path)) {
        my ($line, $how, $what) = @$_;
        finding ($path, $line, "a program includes <weir.h>, not $what")
            if $how eq '"' || $what =~ m{/} && $what !~ m{^sys/};
    }
}

opendir my $directory, "$root/lib" or die "$root/lib: $!\n";
foreach (sort grep { !/^\./ && -d "$root/lib/$_" } readdir $directory) {
    finding ("lib/$_", 0, 'no such layer: see @LAYERS in tests/tidy/layers.pl')
        unless defined $rank{$_};
}
check_public ($_) foreach sources ('lib/weir');
foreach my $layer (@LAYERS [1 .. $#LAYERS]) {
    check_inside ($layer, $_) foreach sources ("lib/$layer");
}
check_program ($_) foreach map { sources ($_) } qw(tools examples bench);
print "$findings findings\n" if $findings;
exit ($findings ? 1 : 0);
