#!/usr/bin/perl
#   rules.pl - the house rules that a script can check
#
#   usage: rules.pl [ROOT]
#
#   Prints PATH:LINE: RULE: the fault, one line for each finding. A file or
#   function that exceeds a limit for now is listed in tests/tidy/ratchet as
#   `RULE PATH[:FUNCTION] NUMBER`. It may shrink, but never grow, and the line
#   must be removed when it is no longer needed.
#
#   The layout of .clang-format makes functions easy to find: their braces
#   stand alone in the first column, those of types never do.
#
#   SPDX-License-Identifier: MPL-2.0

use strict;
use warnings;
use open ':std', ':encoding(UTF-8)';

#   The limit of each rule, and the limit for the ratchet.
my %LIMITS = (
    'columns' => [100, 100],
    'file-lines' => [500, 600],
    'function-lines' => [60, 70],
    'parameters' => [5, 6],
    'levels' => [3, 4],
);
my @FOLDERS = qw(lib tools examples tests bench);

my $root = $ARGV [0] // $ENV{srcdir} // '.';
my %ratchet;
my $findings = 0;

sub finding
{
    my ($path, $line, $rule, $text) = @_;
    print "$path:$line: $rule: $text\n";
    $findings++;
}

sub measure
{
    my ($path, $line, $rule, $number, $name) = @_;
    my ($limit, $most) = @{$LIMITS{$rule}};
    return if $number <= $limit;
    my $key = "$rule $path" . ($name ? ":$name" : '');
    my $allowed = delete $ratchet{$key} // 0;
    $allowed = $most if $allowed > $most;
    finding ($path, $line, $rule, ($name ? "$name: " : '') .
             "$number, at most $limit") if $number > $allowed;
    finding ('tests/tidy/ratchet', 1, $rule, "'$key' can be lowered to $number")
        if $number < $allowed;
}

sub read_lines
{
    my ($path) = @_;
    open my $file, '<', "$root/$path" or die "$root/$path: $!\n";
    my @lines = <$file>;
    chomp @lines;
    return @lines;
}

sub read_ratchet
{
    return unless -e "$root/tests/tidy/ratchet";
    foreach (read_lines ('tests/tidy/ratchet')) {
        next if /^\s*(#|$)/;
        /^(\S+ \S+) (\d+)$/ or die "tests/tidy/ratchet: $_\n";
        $ratchet{$1} = $2;
    }
}

sub sources
{
    my ($folder) = @_;
    my @found;
    opendir my $directory, "$root/$folder" or return;
    foreach (sort readdir $directory) {
        next if /^\./;
        push @found, sources ("$folder/$_") if -d "$root/$folder/$_";
        push @found, "$folder/$_" if /\.(c|cc|h)$/;
    }
    return @found;
}

sub check_head
{
    my ($path, @lines) = @_;
    (my $name = $path) =~ s{.*/}{};
    finding ($path, 1, 'title', "the first line is not '/*  $name - what it is'")
        unless ($lines [0] // '') =~ m{^/\*  \Q$name\E - \S};
    foreach (@lines) {
        return if /^    SPDX-License-Identifier: MPL-2\.0$/;
        last if m{\*/};
    }
    finding ($path, 1, 'license', 'the first comment has no SPDX line');
}

#   Returns the name of the function, and the number of its parameters.
sub parse_signature
{
    my ($text) = @_;
    $text =~ s{//[^\n]*|/\*.*?\*/}{}gs;
    $text =~ s{__attribute__\s*(\((?:[^()]|(?1))*\))}{}g;
    $text =~ m{(\w+)\)?\s*(\((?:[^()]|(?2))*\))} or return ('?', 0);
    my ($name, $list) = ($1, $2);
    $list =~ s/^\((.*)\)$/$1/s;
    1 while $list =~ s/\([^()]*\)//g;
    return ($name, 0) if $list =~ /^\s*(void)?\s*$/;
    return ($name, 1 + ($list =~ tr/,//));
}

sub check_function
{
    my ($path, $lines, $first, $open, $close) = @_;
    my ($name, $parameters) =
        parse_signature (join "\n", @$lines [$first .. $open - 1]);
    measure ($path, $first + 1, 'function-lines', $close - $first + 1, $name);
    measure ($path, $first + 1, 'parameters', $parameters, $name);
    my $deepest = 0;
    for my $i ($open + 1 .. $close - 1) {
        $lines->[$i] =~ /^( +)(?:if|for|while|do|switch)\b/ or next;
        my $level = length ($1) / 4;
        $deepest = $level if $level > $deepest;
    }
    measure ($path, $first + 1, 'levels', $deepest, $name);
}

sub check_functions
{
    my ($path, @lines) = @_;
    my ($first, $open) = (0, undef);
    for my $i (0 .. $#lines) {
        if ($lines [$i] eq '{') {
            $open = $i;
        } elsif (defined $open && $lines [$i] =~ /^\}/) {
            check_function ($path, \@lines, $first, $open, $i);
            ($first, $open) = ($i + 1, undef);
        } elsif (!defined $open && $lines [$i] =~ m{^(|[#/].*|.*;|.*\*/)$}) {
            $first = $i + 1;
        }
    }
}

#   A test that sleeps is slow, and fails on the day when the machine is slower.
#   Only tests/kit may, between two looks at a state that has no event.
sub check_sleep
{
    my ($path, @lines) = @_;
    for my $i (0 .. $#lines) {
        (my $code = $lines [$i]) =~ s{"(?:\\.|[^"\\])*"|//.*}{}g;
        finding ($path, $i + 1, 'sleep', 'tests wait for events, not for time')
            if $code =~ /\b(\w*sleep|poll\s*\(\s*NULL|select\s*\(\s*0)\s*[(,]/;
    }
}

#   Makefile.am with each folder's own list, %D% being the folder.
sub read_makefiles
{
    my ($text, $lists) = (join ("\n", read_lines ('Makefile.am')), '');
    while ($text =~ /^include ((\S+)\/local\.mk)$/gm) {
        my ($path, $folder) = ($1, $2);
        $lists .= join "\n", map { s/%D%/$folder/gr } read_lines ($path), '';
    }
    return "$text\n$lists";
}

read_ratchet ();
my $makefile = read_makefiles ();
foreach my $path (map { sources ($_) } @FOLDERS) {
    my @lines = read_lines ($path);
    check_head ($path, @lines);
    measure ($path, scalar @lines, 'file-lines', scalar @lines);
    measure ($path, $_ + 1, 'columns', length $lines [$_])
        foreach grep { length $lines [$_] > 100 } 0 .. $#lines;
    check_functions ($path, @lines);
    check_sleep ($path, @lines) if $path =~ m{^tests/(?!kit/)};
    (my $program = $path) =~ s/\.c$//;
    finding ($path, 1, 'listed', 'no local.mk names it')
        unless $makefile =~ /(^|\s)(\Q$path\E|\Q$program\E)(\s|$)/;
}
finding ('tests/tidy/ratchet', 1, 'ratchet', "'$_' is no longer needed")
    foreach sort keys %ratchet;
print "$findings findings\n" if $findings;
exit ($findings ? 1 : 0);
