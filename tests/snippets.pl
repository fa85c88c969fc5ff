#!/usr/bin/perl
#   snippets.pl - compiles and runs the snippets of the documents
#
#   usage: snippets.pl [DOCUMENT...]
#
#   A document shows blocks: in Markdown between lines of ```, in a manual page
#   between .EX and .EE. The tests:
#
#       a program       a block of C with a main; the block after it is its
#                       output, as tests/example.pl compares it
#       a fragment      any other block of C in Markdown; only compiled, inside
#                       a function that has handles of the usual names
#       a session       a block that begins with `$ `: commands, each with its
#                       output; in the output, digits stand for any digits,
#                       and /run/user/1000/weir for the runtime directory
#
#   In the output of a program, .. between two blanks stands for any two
#   characters: a byte that differs from run to run. Run in the build folder.
#
#   SPDX-License-Identifier: MPL-2.0

use strict;
use warnings;
use Cwd qw(abs_path getcwd);
use File::Basename qw(basename);
use File::Temp qw(tempdir);
use IPC::Open2;

my $TIMEOUT_S = 60;

my $root = abs_path ($ENV{srcdir} // '.');
my $build = getcwd ();
my $directory = tempdir ('weir-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my @documents = @ARGV ? @ARGV : map { glob "$root/$_" }
    qw(*.md doc/*.md doc/man1/*.1 doc/man3/*.3 doc/man7/*.7);
my $cc = join ' ', $ENV{CC} // 'cc', $ENV{INSTRUMENT_CFLAGS} // '';
my ($count, $faults) = (0, 0);

my $FRAGMENT = <<'END';
#include <weir.h>
void fragment (weir_owner_t *owner, weir_dict_t *dict, weir_list_t *list,
               weir_var_t *var, weir_lock_t *lock, weir_queue_t *queue,
               weir_value_t value);
void fragment (weir_owner_t *owner, weir_dict_t *dict, weir_list_t *list,
               weir_var_t *var, weir_lock_t *lock, weir_queue_t *queue,
               weir_value_t value)
{
    (void) owner, (void) dict, (void) list, (void) var, (void) lock;
    (void) queue, (void) value;
END

sub fault
{
    my ($block, $text) = @_;
    print "$block->{path}:$block->{line}: $text\n";
    $faults++;
}

sub write_file
{
    my ($path, $text) = @_;
    open my $file, '>', $path or die "$path: $!\n";
    print $file $text;
    close $file;
}

#   Replaces roff's escapes by the characters that they print.
sub plain
{
    my ($text) = @_;
    $text =~ s/^\\&//;
    my %of = (aq => "'", ga => '`', ha => '^', ti => '~', dq => '"');
    $text =~ s/\\\((aq|ga|ha|ti|dq)/$of{$1}/g;
    $text =~ s/\\([-e])/$1 eq 'e' ? '\\' : '-'/ge;
    return $text;
}

#   Returns the blocks of a document, as { path, line, language, text }.
sub blocks
{
    my ($path) = @_;
    open my $file, '<', $path or die "$path: $!\n";
    my $roff = $path !~ /\.md$/;
    my ($begin, $end) = $roff ? (qr/^\.EX()/, qr/^\.EE/) : (qr/^```(\w*)/, qr/^```/);
    my (@found, $block);
    while (<$file>) {
        if ($block && $_ =~ $end) {
            push @found, $block;
            $block = undef;
        } elsif ($block) {
            $block->{text} .= $roff ? plain ($_) : $_;
        } elsif ($_ =~ $begin) {
            $block = { language => "$1", line => $. + 1, text => '',
                       path => $path =~ s{^\Q$root\E/}{}r };
        }
    }
    return @found;
}

sub run_quietly
{
    my $log = "$directory/log";
    system ("{ @_; } >$log 2>&1 </dev/null") == 0 and return '';
    open my $file, '<', $log or die "$log: $!\n";
    return join '', <$file>;
}

sub compile
{
    my ($block, $text, $object) = @_;
    write_file ("$object.c", $text);
    my $problem = run_quietly (
        "$cc -g -Wall -Wextra -Werror", $ENV{INNER_CFLAGS} // '',
        "-I$root/lib -c -o $object.o $object.c");
    fault ($block, "does not compile:\n$problem") if $problem;
    return !$problem;
}

#   Makes a regex of an expected line in which .. stands for any byte.
sub expectation
{
    my ($line) = @_;
    return $line unless $line =~ / \.\.(?= |$)/;
    return '/' . (quotemeta ($line) =~ s/\\ \\\.\\\.(?=\\ |$)/\\ ../gr) . '/';
}

sub test_program
{
    my ($block, $output) = @_;
    my $name = (basename ($block->{path}) =~ s/\W/_/gr) . "_$block->{line}";
    my $object = "$directory/examples/$name";
    mkdir "$directory/examples";
    compile ($block, $block->{text}, $object) or return;
    my $problem = run_quietly (
        "cd $build && ./libtool --silent --tag=CC --mode=link $cc",
        "-o $object $object.o libweir.la -lzmq");
    $problem ||= do {
        write_file ("$object.expected", join "\n",
                    (map { expectation ($_) } split /\n/, $output), '');
        run_quietly ("cd $directory && $^X $root/tests/example.pl $object.expected");
    };
    fault ($block, $problem) if $problem;
}

#   Reads a line, with a time limit.
sub read_line
{
    my ($file) = @_;
    local $SIG{ALRM} = sub { die "timeout\n" };
    my $line = eval { alarm $TIMEOUT_S; <$file> };
    alarm 0;
    chomp $line if defined $line;
    return $line;
}

sub test_session
{
    my ($block) = @_;
    my $runtime = "$directory/runtime";
    mkdir $runtime, 0700;
    local $ENV{WEIR_RUNTIME_DIR} = $runtime;
    local $ENV{PATH} = "$build/tools:$ENV{PATH}";
    my $shell = open2 (my $output, my $input, 'sh 2>&1');
    foreach my $line (split /\n/, $block->{text}) {
        if ($line =~ s/^\$ //) {
            print $input "$line\n";
            next;
        }
        (my $want = quotemeta $line) =~ s{\\/run\\/user\\/1000\\/weir}{\Q$runtime\E};
        $want =~ s/\b\d+\b/\\d+/g;
        my $got = read_line ($output);
        next if defined $got && $got =~ /^$want$/;
        fault ($block, "wanted: $line\n    got: " . ($got // 'nothing'));
        last;
    }
    print $input "kill \$!; wait\n";
    close $input;
    my $rest = read_line ($output);
    fault ($block, "wanted the end, got: $rest") if defined $rest;
    waitpid $shell, 0;
    rmdir $runtime or fault ($block, 'leaves something in its runtime directory');
}

sub test_fragment
{
    my ($block) = @_;
    compile ($block, "$FRAGMENT$block->{text}}\n", "$directory/fragment");
}

foreach my $document (@documents) {
    my @blocks = blocks ($document);
    while (my $block = shift @blocks) {
        my $is_c = $block->{language} eq 'c' || $block->{text} =~ /^#include/;
        $count++;
        if ($is_c && $block->{text} =~ /^int main/m) {
            my $has_output = @blocks && $blocks [0]{language} ne 'c' &&
                $blocks [0]{text} !~ /^(\$ |#include)/;
            test_program ($block, $has_output ? shift (@blocks)->{text} : '');
        } elsif ($block->{language} eq 'c') {
            test_fragment ($block);
        } elsif ($block->{text} =~ /^\$ weir /) {
            test_session ($block);
        } else {
            $count--;
        }
    }
}
print "$count snippets, $faults faults\n";
exit ($faults || !$count ? 1 : 0);
