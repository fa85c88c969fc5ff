#!/usr/bin/perl
#   other_user.pl - runs a part of the suite as a user that is not root
#
#   usage: other_user.pl [PROGRAM ...]
#
#   Root has more rights than others, and its uid and gid are the same number.
#   So when root runs the suite, these programs run once more under a uid and a
#   gid that differ and that nobody has. They are copied to a folder that
#   this user can read. Skipped when another user runs the suite.
#
#   SPDX-License-Identifier: MPL-2.0

use strict;
use warnings;
use File::Copy 'copy';
use File::Temp 'tempdir';

my ($uid, $gid) = (12345, 54321);
my @programs = qw(
    carrier/check_runtime
    process/check_owner
    api/check_dict
    api/check_queue
    api/check_lock
    pipe/check_pipe
    process/check_process
);
@programs = @ARGV if @ARGV;

if ($> != 0) {
    print "skipped: only root can run programs as another user\n";
    exit 77;
}

my $work = tempdir ('weir-XXXXXX', TMPDIR => 1, CLEANUP => 1);
for my $program (@programs) {
    #   libtool puts the program there when it needs a library of the build.
    my ($folder, $name) = $program =~ m{(.*)/(.*)};
    my $built = "tests/$folder/.libs/$name";
    $built = "tests/$program" if !-e $built;
    copy ($built, "$work/$folder-$name") or die "$built: $!\n";
    chmod 0755, "$work/$folder-$name";
}
for my $library (glob '.libs/libweir.so*') {
    copy ($library, $work) or die "$library: $!\n";
}
chmod 0755, $work;
@programs = map { tr{/}{-}r } @programs;
$ENV{LD_LIBRARY_PATH} = join ':', $work, $ENV{LD_LIBRARY_PATH} // ();
delete @ENV{'WEIR_RUNTIME_DIR', 'XDG_RUNTIME_DIR', 'TMPDIR'};
chdir '/' or die "/: $!\n";

#   Starts a program as that user; its output goes to a file. Returns its pid.
sub start {
    my ($program) = @_;
    my $pid = fork () // die "fork: $!\n";
    return $pid if $pid != 0;
    open STDOUT, '>', "$work/$program.log" or die "$program.log: $!\n";
    open STDERR, '>&', \*STDOUT or die "$program: $!\n";
    $) = "$gid $gid"; # the supplementary groups as well
    $( = $gid;
    ($<, $>) = ($uid, $uid);
    die "cannot become user $uid: $!\n"
        if $< != $uid || $> != $uid || $( != $gid || $) != $gid;
    exec "$work/$program" or die "$program: $!\n";
}

$| = 1;
my $own = "/tmp/weir-$uid"; # check_runtime has it made
my $was_there = -e $own;
my %pids = map { $_ => start ($_) } @programs;
my @failed;
for my $program (@programs) {
    waitpid $pids {$program}, 0;
    push @failed, $program if $? != 0;
    open my $log, '<', "$work/$program.log" or die "$program.log: $!\n";
    print <$log>;
}
rmdir $own if !$was_there;
print "failed as uid $uid, gid $gid: @failed\n" if @failed;
exit (@failed ? 1 : 0);
