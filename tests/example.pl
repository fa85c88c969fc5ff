#!/usr/bin/perl
#   example.pl - runs an example and compares its output
#
#   usage: example.pl examples/NAME.expected
#
#   Runs examples/NAME in the current folder. Its standard output must equal the
#   text in the file, and its exit code must be 0. In that text, a line
#
#       /REGEX/         stands for one line that matches
#       /REGEX/ x N     stands for N such lines
#
#   The example gets a runtime folder of its own. It must leave the folder empty
#   and no process behind. With WEIR_VALGRIND in the environment it runs under
#   valgrind, its children too, and no process may report anything.
#
#   SPDX-License-Identifier: MPL-2.0

use strict;
use warnings;
use File::Temp qw(tempdir);

my $TIMEOUT_S = 60;

my ($expected_path) = @ARGV;
die "usage: example.pl examples/NAME.expected\n" unless $expected_path;
(my $name = $expected_path) =~ s{.*/(.*)\.expected$}{$1};
my $directory = tempdir ('weir-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $faults = 0;

sub fault
{
    print "$name: @_\n";
    $faults++;
}

sub read_lines
{
    my ($path) = @_;
    open my $file, '<', $path or die "$path: $!\n";
    return <$file>;
}

sub command
{
    my $program = "examples/$name";
    return ($program) unless $ENV{WEIR_VALGRIND};
    #   A program that is linked with a library in the build is a script, in
    #   which libtool puts valgrind in front of the true one.
    return ('./libtool', '--mode=execute', 'valgrind', '-q',
            '--trace-children=no', '--leak-check=full',
            "--log-file=$directory/valgrind.%p",
            split (' ', $ENV{WEIR_VALGRIND_FLAGS} // ''), $program);
}

#   Returns its output until the last process that can write has ended.
sub run
{
    my $pid = open my $output, '-|';
    die "fork: $!\n" unless defined $pid;
    if ($pid == 0) {
        setpgrp (0, 0);
        open STDIN, '<', '/dev/null' or die "/dev/null: $!\n";
        mkdir "$directory/runtime", 0700 or die "$directory/runtime: $!\n";
        $ENV{WEIR_RUNTIME_DIR} = "$directory/runtime";
        exec command () or die "examples/$name: $!\n";
    }
    my @lines;
    local $SIG{ALRM} = sub {
        fault ("still runs after $TIMEOUT_S seconds, or has left a process");
        kill 'KILL', -$pid;
    };
    alarm ($ENV{WEIR_VALGRIND} ? 5 * $TIMEOUT_S : $TIMEOUT_S);
    push @lines, $_ while <$output>;
    close $output;
    my $status = $?;
    alarm 0;
    fault ('was killed by signal ' . ($status & 127)) if $status & 127;
    fault ('ended with code ' . ($status >> 8)) if $status >> 8;
    return @lines;
}

#   Returns an expected line as [text, regex, count].
sub wanted
{
    my ($line) = @_;
    chomp $line;
    return [$line, qr/^(?:$1)$/, $2 // 1] if $line =~ m{^/(.*)/(?: x (\d+))?$};
    return [$line, qr/^\Q$line\E$/, 1];
}

sub compare
{
    my ($expected, @lines) = @_;
    my $number = 0;
    foreach my $want (map { wanted ($_) } @$expected) {
        my ($text, $regex, $count) = @$want;
        for (1 .. $count) {
            my $line = $lines [$number++];
            next if defined $line && $line =~ $regex;
            chomp $line if defined $line;
            fault ("line $number: wanted: $text");
            fault ("line $number: got:    " . ($line // 'the end'));
            return;
        }
    }
    fault ("line " . ($number + 1) . ": wanted the end, got: $lines[$number]")
        if $number < @lines;
}

my @lines = run ();
print @lines;
compare ([read_lines ($expected_path)], @lines);
fault ("has left $_ in its runtime folder") foreach glob "$directory/runtime/*";
foreach my $log (glob "$directory/valgrind.*") {
    #   What begins with --PID-- is about valgrind itself: a system call that is
    #   newer than it, for one. The program gets ENOSYS then, and must cope.
    my @report = grep { !/^--\d+-- / } read_lines ($log);
    fault ("valgrind reports:\n", @report) if @report;
}
exit ($faults ? 1 : 0);
