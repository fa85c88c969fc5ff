#!/usr/bin/perl
#   mutants_suite.pl - proves that the tests find faults: breaks code that the
#   simulator does not run, one fault at a time, and reports which program of
#   the suite finds each
#
#   usage: mutants_suite.pl [--check] [--hints] [--trust] [--limit=S]
#                            [--in=FOLDER] [NAME ...]
#
#   --check only checks that the table still fits the code. Otherwise the tree
#   is copied and built. For each mutant the programs in its row run first, then
#   the others of the suite, until one fails or takes too long. --hints runs
#   those in the rows only; --trust does not run them before with the good code;
#   --limit gives the seconds that a program may take. --in has the copy in that
#   folder, where it stays and need not be built again.
#   Prints a table; fails when a mutant survives.
#
#   A program is named as in process/check_death. SCRIPT:PROGRAM is that program
#   run by a script, as in other_user.pl:process/check_owner.
#
#   The table is at the end; see tests/mutants.pm. It has faults in code that
#   the simulator does not run, and in code that it runs where the fault is one
#   of the environment. doc/internals/mutants.md has the results.
#
#   SPDX-License-Identifier: MPL-2.0

use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin;
use POSIX qw(:sys_wait_h setsid);
use Time::HiRes qw(time sleep);
use lib $FindBin::Bin;
use mutants;

my $LIMIT_S = 180;
my @CONFIGURE = ('-q', '--disable-shared', 'CFLAGS=-O1');
my %set = map { $_ => 0 } qw(check hints trust);
my %texts; # by the name of the mutant

#   All programs of the suite, but for that of the command, which has the library
#   of the command.
sub suite
{
    return grep { !m{^tools/} } map { s{^tests/}{}r =~ s{\.c$}{}r } sort glob 'tests/*/check_*.c';
}

sub run_make
{
    return system ("make -s -j2 @_ >make.log 2>&1") == 0;
}

#   What make builds for a hint, and what runs it.
sub target_of
{
    return 'tests/' . $_[0] =~ s{.*:}{}r;
}

sub command_of
{
    my ($script, $program) = $_[0] =~ m{^(?:(.*):)?(.*)$};
    return defined $script ? ($^X, "../tests/$script", $program)
        : "tests/$program";
}

#   Kills the processes that a program has left in its session.
sub end_session
{
    my ($session) = @_;
    foreach my $path (glob '/proc/[0-9]*/stat') {
        open my $file, '<', $path or next;
        my $line = <$file> // '';
        my ($pid, $of) = $line =~ /^(\d+) \(.*\) \S \d+ \d+ (\d+)/s or next;
        kill 'KILL', $pid if $of == $session;
    }
}

#   Runs a program. Returns the test that fails, or that it does not end in time;
#   none when it succeeds.
sub failure
{
    my ($program) = @_;
    my $log = 'program.log';
    my $pid = fork () // die "fork: $!\n";
    if ($pid == 0) {
        setsid ();
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $log or POSIX::_exit (126);
        open STDERR, '>&', \*STDOUT;
        $ENV{MALLOC_PERTURB_} = 165;
        $ENV{CK_DEFAULT_TIMEOUT} //= 20;
        exec command_of ($program) or POSIX::_exit (127);
    }
    my $until = time + $LIMIT_S;
    my $ended;
    sleep 0.02 while !($ended = waitpid ($pid, WNOHANG)) && time < $until;
    my $good = $ended == $pid && $? == 0;
    end_session ($pid);
    waitpid $pid, 0 unless $ended;
    return if $good;
    return 'does not end' unless $ended;
    return read_file ($log) =~ /:[FE]:[^:]*:([^:]*):/ ? $1 : 'fails';
}

#   The command of the rule that makes a target, without libtool.
sub rule
{
    my ($mode, $target, $newer) = @_;
    my $text = `make -n V=1 -W $newer $target 2>/dev/null`;
    my @commands = $text =~ /--mode=$mode (.* -o \Q$target\E .*)/g
        or die "cannot find how to make $target\n";
    return $commands [-1];
}

#   Compiles the mutant of a file to mutant.o. The file is as it was before.
sub compile
{
    my ($row) = @_;
    my $path = "../$row->{path}";
    my $good = read_file ($path);
    my $time = (stat $path) [9];
    my $target = $row->{path} =~ s{c$}{lo}r;
    my $command = rule ('compile', $target, $path) =~ s{ -MT .*}{}r;
    write_file ($path, $texts{$row->{name}});
    my $made = system ("$command -c -o mutant.o $path >make.log 2>&1") == 0;
    write_file ($path, $good);
    utime $time, $time, $path;
    die read_file ('make.log') unless $made;
}

#   Links a program with mutant.o in place of what the library has.
sub link_mutant
{
    my ($target) = @_;
    my ($libraries) = read_file ('libinternals.la') =~ /^dependency_libs='(.*)'/m;
    my $command = rule ('link', $target, "$target.o");
    $command =~ s{libkit\.la libinternals\.la}
        {mutant.o .libs/libkit.a .libs/libinternals.a $libraries};
    system ("$command >make.log 2>&1") == 0 or die read_file ('make.log');
}

#   The first of the programs that fails, and its test; none when all succeed.
sub hunt
{
    my ($row, @programs) = @_;
    compile ($row) if $row;
    foreach my $program (@programs) {
        my $target = target_of ($program);
        run_make ($target) or die read_file ('make.log');
        rename $target, "$target.good" or die "$target: $!\n";
        my $test = eval {
            $row ? link_mutant ($target) : link "$target.good", $target;
            failure ($program);
        };
        my $error = $@;
        rename "$target.good", $target or die "$target: $!\n";
        die $error if $error;
        return ($program, $test) if defined $test;
    }
    return;
}

sub write_file
{
    my ($path, $text) = @_;
    open my $file, '>', $path or die "$path: $!\n";
    print $file $text;
    close $file or die "$path: $!\n";
}

#   Copies the tree, and builds it there. A folder of the user's stays.
sub build
{
    my ($root, $folder, @programs) = @_;
    $folder //= tempdir ('weir-mutants-XXXXXX', TMPDIR => 1, CLEANUP => 1);
    my @parts = grep { !-e "$_/config.status" } glob "$root/*";
    system ('cp', '-a', @parts, "$root/.clang-format", $folder) == 0
        or die "mutants_suite.pl: cannot copy $root\n";
    mkdir "$folder/build";
    chdir "$folder/build" or die "$folder: $!\n";
    rename $_, s{\.good$}{}r foreach glob 'tests/*/*.good'; # interrupted
    mkdir 'tmp';
    chmod 0755, $folder, 'tmp'; # for programs that run as another user
    $ENV{TMPDIR} = "$folder/build/tmp";
    delete @ENV{qw(srcdir MAKEFLAGS MFLAGS MAKELEVEL)};
    -e 'config.status' || system ('../configure', @CONFIGURE,
            defined $ENV{CC} ? "CC=$ENV{CC}" : ()) == 0
        or die "mutants_suite.pl: cannot configure the tree\n";
    run_make (map { target_of ($_) } @programs)
        or die "mutants_suite.pl: cannot build the tree:\n",
            read_file ('make.log');
}

#   The copy of the tree is removed from elsewhere.
END { chdir '/' }

my ($folder, @names);
foreach (@ARGV) {
    if (/^--limit=(\d+)$/) {
        $LIMIT_S = $1;
    } elsif (/^--in=(.+)$/) {
        $folder = abs_path ($1) or die "$1: $!\n";
    } elsif (/^--(.*)/) {
        die "mutants_suite.pl: there is no option $_\n" unless exists $set{$1};
        $set{$1} = 1;
    } else {
        push @names, $_;
    }
}
chdir $ENV{srcdir} or die "$ENV{srcdir}: $!\n" if defined $ENV{srcdir};
my @suite = suite ();
my %known = map { $_ => 1 } @suite;
my @table = read_table (*DATA);
@table = choose (\@table, @names);
%texts = map { $_->{name} => mutate ($_) } @table;
foreach my $row (@table) {
    foreach (@{$row->{hints}}) {
        my ($script, $program) = m{^(?:(.*):)?(.*)$};
        die "$row->{name}: there is no program $_\n"
            unless $known{$program} && (!$script || -e "tests/$script");
    }
}
if ($set{check}) {
    print scalar @table, " mutants fit the code\n";
    exit 0;
}

my %hinted = map { $_ => 1 } map { @{$_->{hints}} } @table;
build (abs_path ('.'), $folder, sort keys %hinted);
unless ($set{trust}) {
    my ($bad, $test) = hunt (undef, sort keys %hinted);
    die "mutants_suite.pl: $bad fails without a mutant: $test\n" if $bad;
}
$| = 1;
print "|  # | mutant | the fault | file | found by | its test | seconds |\n",
    "| --: | --- | --- | --- | --- | --- | --: |\n";
my ($survivors, $number) = (0, 0);
foreach my $row (@table) {
    my %first = map { $_ => 1 } @{$row->{hints}};
    my @programs = @{$row->{hints}};
    push @programs, grep { !$first{$_} } @suite unless $set{hints};
    my $start = time;
    my ($killer, $test) = eval { hunt ($row, @programs) };
    #   What cannot be built finds nothing: a bad mutant.
    warn "$row->{name}: $@" if $@;
    $survivors++ unless $killer;
    (my $short = $row->{path}) =~ s{^lib/}{};
    printf "| %2d | `%s` | %s | %s | %s | %s | %.0f |\n", ++$number,
        $row->{name}, $row->{fault}, $short, $killer // 'SURVIVES',
        $test // '-', time - $start;
}
print "\n", scalar @table, " mutants, $survivors survive\n";
exit ($survivors ? 1 : 0);

__DATA__
=== drain-skipped
a dead session ends at once, before its connections are drained
lib/owner/loop.c process/check_death
---
        bool late = now_us - watch->died_us > DRAIN_MAX_US;
+++
        bool late = true;

=== drain-one-batch
only one batch of a dead process's frames is received
lib/owner/loop.c process/check_death
---
i < DRAIN_ROUNDS && !drain (self)
+++
i < 1 && !drain (self)

=== watch-without-epoll
the end of a process is not watched
lib/owner/loop.c process/check_death machine/check_lock
---
        epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, watch->pidfd, &event) == 0)
+++
        event.events != 0)

=== watch-of-the-dead-fails
a process that dies before it is watched is refused
lib/owner/loop.c engine/check_hostile process/check_death process/check_thousand process/check_process_end
---
    if (watch->pidfd < 0 && errno == ESRCH) {
+++
    if (watch->pidfd < 0 && errno == ENOENT) {

=== watch-leaks
the descriptor of an ended session stays open
lib/owner/loop.c process/check_thousand process/check_owner api/check_dict process/check_crowd
---
    epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, watch->pidfd, NULL);
    weir__close (watch->pidfd);
+++
    epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, watch->pidfd, NULL);

=== unwatch-stays-among-dead
an ended session stays among the dead
lib/owner/loop.c process/check_death api/check_lock_harm
---
    else
        DL_DELETE (self->dead, watch);
+++

=== deadlines-ignored
an owner sleeps past its deadlines
lib/owner/loop.c api/check_var_wait machine/check_lock api/check_lease
---
    uint64_t until_us = weir__engine_deadline_us (self->engine);
+++
    uint64_t until_us = WEIR__NEVER;

=== edge-lost
an owner sleeps although frames have arrived
lib/owner/loop.c process/check_crowd api/check_dict engine/check_hostile
---
    if (weir__router_ready (self->router))
        until_us = now_us;
+++

=== end-ignored
an owner ignores the descriptor that ends it
lib/owner/loop.c process/check_owner
---
            go_on = false;
+++
            go_on = true;

=== end-not-told
an owner ends without notice to its links
lib/owner/loop.c process/check_owner_end
---
    weir__engine_stop (self->engine);
+++

=== never-crowded
an owner takes links until no descriptor is left
lib/owner/loop.c process/check_thousand engine/check_hostile_socket
---
        arrival.crowded = hello && is_crowded (self);
+++
        arrival.crowded = false;

=== credentials-forgotten
no peer has credentials
lib/owner/loop.c engine/check_hostile
---
            arrival.credentials = &who;
+++
            arrival.credentials = NULL;

=== notes-not-flushed
dropped notes are reported only with the next note
lib/owner/loop.c process/check_owner_notes
---
            weir__notes_flush (&self->notes) ? 0 : now_us + NOTES_AGAIN_US;
+++
            0 * (now_us + NOTES_AGAIN_US);

=== host-line-only-closed
an owner's line is closed, but not shut down
lib/owner/host.c process/check_owner_parent process/check_owner_end
---
    shutdown (host.line_fd, SHUT_RDWR);
+++

=== host-keeps-descriptors
an owner process keeps the descriptors of its parent
lib/owner/host.c process/check_owner_parent base/check_fork process/check_process
---
            fd != task->line_fd)
            close (fd);
+++
            fd != task->line_fd)
            continue;

=== host-hears-terminal
a Ctrl-C at the terminal ends an owner process
lib/owner/host.c process/check_owner_parent
---
    signal (SIGINT, SIG_IGN);
+++

=== host-not-at-exit
owners do not end with the program
lib/owner/host.c process/check_owner_parent
---
        weir__at_end_do (stop_all) == 0 ? make_task (name, self) : NULL;
+++
        stop_all ? make_task (name, self) : NULL;

=== host-of-the-parent
a child that destroys inherited owners stops them
lib/owner/host.c process/check_owner_parent base/check_fork
---
    if (!host.running || host.generation != weir__generation ())
+++
    if (!host.running)

=== host-line-is-standard
an owner process loses a line with the number of a standard descriptor
lib/owner/host.c process/check_owner_notes
---
    if (task->line_fd <= STDERR_FILENO)
+++
    if (task->line_fd < 0)

=== link-not-closed
an ending thread does not close its links
lib/client/uplink.c api/check_dict machine/check_lock api/check_fork
---
    if (!weir__uplink_is_stale (self))
        weir__protocol_close (&self->protocol, &wire, false);
+++

=== session-not-closed
a session does not announce its end
lib/client/uplink.c api/check_references api/check_dict process/check_owner_end
---
    weir__protocol_close (&self->protocol, &wire, true);
+++
    (void) wire;

=== inherited-is-fresh
a child uses its inherited connections
lib/client/uplink.c base/check_fork api/check_fork
---
    return self->generation != weir__generation () || self->lost ||
+++
    return self->lost ||

=== refusal-without-cause
a refusal loses its sentence
lib/client/uplink.c client/check_uplink api/check_dict api/check_misuse
---
    if (value.type != WEIR_STRING)
+++
    if (value.type != WEIR_NIL)

=== dropped-session-comes-back
a dropped session sends requests again
lib/client/uplink.c client/check_uplink engine/check_hostile
---
    if (news->error == EPROTO)
+++
    if (news->error == ENOSYS)

=== other-welcome
a link accepts the WELCOME of any owner
lib/client/uplink.c process/check_owner_end client/check_uplink
---
            !weir__remote_is_meant (self->remote, &news.welcome))
+++
            !weir__remote_is_meant (self->remote, &news.welcome) && false)

=== last-words-unheard
the last frames of an ended owner are not received
lib/client/uplink.c client/check_uplink process/check_owner_end select/check_harm
---
    rc = drain (self, number, ret_value);
    return rc != 0 ? rc : give_up (self, error);
+++
    return give_up (self, error);

=== forsaken-waits
a link that was never welcomed waits for ever
lib/client/uplink.c client/check_uplink process/check_owner_end
---
    return weir__remote_has_ended (self->remote) ||
                   weir__remote_has_lost_folder (self->remote)
               ? EOWNERDEAD
+++
    return false
               ? EOWNERDEAD

=== interrupt-is-death
a signal during a call is taken for the death of the owner
lib/client/uplink.c api/check_interrupt
---
        if (rc == 1)
            error = EOWNERDEAD;
+++
        if (rc == 1 || errno == EINTR)
            error = EOWNERDEAD;

=== interrupt-ignored
a signal does not end a wait
lib/client/uplink.c api/check_interrupt
---
errno == EINTR && !cancelled)
+++
errno == EINTR && cancelled)

=== window-too-large
the window takes one request too many
lib/client/uplink.c client/check_uplink select/check_harm
---
self->protocol.last - self->protocol.acked < WEIR__WINDOW;
+++
self->protocol.last - self->protocol.acked <= WEIR__WINDOW;

=== session-inherited
a child continues its parent's session
lib/client/remote.c base/check_fork api/check_fork
---
    if (self->generation == generation)
        return 0;
+++
    if (self->generation != UINT64_MAX)
        return 0;

=== owner-thread-not-watched
a child does not watch an owner thread of its parent
lib/client/remote.c api/check_fork base/check_fork
---
    self->pidfd = pidfd;
    self->generation = generation;
+++
    self->pidfd = self->pidfd < 0 ? -1 : pidfd;
    self->generation = generation;

=== dead-owner-found
a dead owner is found by its path
lib/client/remote.c process/check_owner_end process/check_owner
---
        strcmp (self->path, path) == 0 && !is_over_locked (self, generation))
+++
        strcmp (self->path, path) == 0 && (is_over_locked (self, generation), true))

=== pidfd-leaks
the descriptor of an owner's process stays open
lib/client/remote.c process/check_owner api/check_references
---
        weir__close_locked (self->pidfd);
+++
        (void) weir__close_locked;

=== epoch-forgotten
the epoch of an owner is not kept
lib/client/remote.c api/check_references
---
    atomic_store (&self->epoch, welcome->epoch);
+++

=== thread-end-unknown
a thread's links are not closed when it ends
lib/client/links.c api/check_dict machine/check_lock
---
    pthread_setspecific (thread_end, &links);
+++

=== guard-not-sent
a guard is not sent with the change
lib/client/links.c api/check_lease api/check_lock_harm
---
    guarded.guard = link->guard;
+++

=== guard-stays
a lock guards changes after its release
lib/api/lock.c api/check_lease machine/check_lock
---
        *guard = (weir__guard_t){0};
+++
        (void) guard;

=== lease-is-no-guard
a lock that is got with a lease does not guard
lib/api/lock.c api/check_lease
---
    return weir_lock_guard (self, token);
+++
    return 0;

=== abandoned-forgotten
a lock does not report that its holder died
lib/api/lock.c process/check_death
---
    atomic_store (&self->abandoned,
                  grant->items [WEIR__GRANT_ABANDONED].boolean);
+++

=== transaction-of-two-owners
a transaction takes objects of other owners
lib/api/transaction.c api/check_transaction
---
    if (handle->remote != self->remote)
+++
    if (!handle->remote)

=== transaction-error-forgotten
a step that could not be added is skipped
lib/api/transaction.c api/check_transaction
---
    if (self->error)
        return weir__fail (self->error,
+++
    if (self->error == ENOSYS)
        return weir__fail (self->error,

=== transaction-done-again
a committed transaction keeps its steps
lib/api/transaction.c api/check_transaction
---
    if (rc == 0)
        forget (self);
+++

=== reference-of-another-epoch
a reference reaches another owner at the same path
lib/client/handle.c api/check_references
---
    if (weir__remote_epoch (remote) != reference->epoch &&
+++
    if (reference->epoch == 0 &&

=== handle-leaks-remote
a destroyed handle keeps its reference to the remote
lib/client/handle.c api/check_references process/check_owner
---
    weir__links_release (self->remote);
    free (self->name);
+++
    free (self->name);

=== dealer-waits-without-owner
a call does not notice the death of the owner
lib/carrier/dealer.c process/check_owner_end
---
    int rc = zmq_poll (items, fd >= 0 ? 2 : 1,
+++
    int rc = zmq_poll (items, 1,

=== dealer-linger-none
the last frames of a link are discarded when it closes
lib/carrier/dealer.c api/check_dict machine/check_lock api/check_references
---
    LINGER_MS = 1000,
+++
    LINGER_MS = 0,

=== dealer-reply-after-death
a reply that came with the owner's death is not read
lib/carrier/dealer.c carrier/check_dealer client/check_uplink
---
    return !(items [0].revents & ZMQ_POLLIN);
+++
    return !(items [1].revents & ZMQ_POLLIN);

=== dealer-meets-nobody
a link to an owner thread that never existed is kept
lib/carrier/dealer.c carrier/check_dealer client/check_uplink process/check_owner_end
---
    if (self->unmet [0])
        meet (self->unmet);
+++


=== router-not-mandatory
a peer that has left looks reachable
lib/carrier/router.c process/check_death machine/check_lock
---
    if (weir__socket_set (socket, ZMQ_ROUTER_MANDATORY, 1) != 0 ||
+++
    if (weir__socket_set (socket, ZMQ_ROUTER_MANDATORY, 0) != 0 ||

=== router-chosen-id
a peer may choose a routing id
lib/carrier/router.c engine/check_hostile
---
    return memcmp (id, local, sizeof local) == 0 ? LOCAL | number : 0;
+++
    return LOCAL | number;

=== router-parts
a message of several parts is taken for its last part
lib/carrier/router.c engine/check_hostile
---
        .size = peer == 0 || parts > 1 ? 0 : zmq_msg_size (&self->frame),
+++
        .size = peer == 0 ? 0 : zmq_msg_size (&self->frame),

=== router-size-unlimited
a frame above the limit is received
lib/carrier/router.c engine/check_hostile_socket
---
    int64_t size_max = WEIR__FRAME_BYTES;
+++
    int64_t size_max = -1;

=== router-inproc-bound
the inproc name of an owner is freed in the background
lib/carrier/router.c process/check_owner process/check_owner_end
---
            weir__socket_unbind (self->socket, endpoint);
+++
            (void) size;

=== pidfd-by-zombie
without pidfds, a zombie looks alive
lib/base/pidfd.c base/check_pidfd
---
        state == 'Z' || state == 'X')
+++
        state == 'X')

=== pidfd-signal-to-none
without pidfds, no signal is sent
lib/base/pidfd.c base/check_pidfd
---
    return errno == ENOSYS || errno == EBADF ? kill (pid, signal) : -1;
+++
    return errno == ENOSYS ? kill (pid, signal) : -1;

=== context-inherited
a child uses the context of its parent
lib/carrier/context.c base/check_fork
---
    if (contexts [which].context && contexts [which].generation != generation) {
+++
    if (contexts [which].context && generation == UINT64_MAX) {

=== folder-lock-first
a folder in use has no flock
lib/carrier/folder.c carrier/check_runtime
---
    if (fd >= 0 && lock (fd) == 0 && write (fd, mark, (size_t) size) == size &&
+++
    if (fd >= 0 && write (fd, mark, (size_t) size) == size &&

=== folder-not-locked
folders are made without the lock on their directory
lib/carrier/folder.c carrier/check_runtime_race
---
    if (fd >= 0 && lock (fd) == 0)
        return fd;
+++
    if (fd >= 0)
        return fd;

=== folder-of-others
a runtime directory that others may enter is used
lib/carrier/runtime.c carrier/check_runtime process/check_owner
---
    if (status.st_uid != geteuid () || (status.st_mode & 077) != 0)
+++
    if (status.st_uid != geteuid ())

=== folder-never-swept
folders of dead owners are not swept
lib/carrier/folder.c carrier/check_runtime process/check_owner
---
        sweep_when_due (directory_fd);
+++
        (void) sweep_when_due;

=== bell-inherited
a child keeps its parent's bells
lib/base/bell.c pipe/check_ready select/check_harm base/check_fork
---
    if (bell >= 0 && weir__fork_close_locked (bell) != 0) {
+++
    if (bell >= 0 && bell < 0) {

=== bell-not-rung
a bell does not ring
lib/base/bell.c pipe/check_pipe select/check_select
---
        eventfd_write (bell, 1);
+++
        (void) bell;

=== turn-without-bell
a turn passes without a ring of the bell
lib/base/turn.c pipe/check_ready pipe/check_ready_end select/check_harm
---
    weir__bell_ring (&self->bell);
+++

=== link-reset-is-end
a connection reset is taken for the end of the connection
lib/pipe/link.c pipe/check_end pipe/check_pipe
---
    while (got == -1 && (errno == ECONNRESET || errno == EINTR));
+++
    while (got == -1 && errno == EINTR);

=== sender-never-waits
a sender does not announce that it waits for room
lib/pipe/sender.c pipe/check_pipe
---
    while (result == 0 && !has_room (self) && !has_room_now (self)) {
        atomic_store (&self->channel->waiting, true);
+++
    while (result == 0 && !has_room (self) && !has_room_now (self)) {

=== sender-without-limit
a pipe takes any number of values
lib/pipe/sender.c pipe/check_pipe pipe/check_ready
---
    return (int64_t) (self->sent - self->received) <
           atomic_load (&self->channel->limit);
+++
    return (int64_t) (self->sent - self->received) < INT64_MAX;

=== sender-lingers-not
the last values are discarded when the sender closes
lib/pipe/sender.c pipe/check_pipe pipe/check_end
---
        weir__socket_set (socket, ZMQ_LINGER, -1) == 0 &&
+++
        weir__socket_set (socket, ZMQ_LINGER, 0) == 0 &&

=== sender-counts-failures
a value that could not be sent is counted
lib/pipe/sender.c pipe/check_pipe pipe/check_end pipe/check_misuse
---
    if (deliver (self) != 0) {
        atomic_store (&self->channel->sent, self->sent);
+++
    if (deliver (self) != 0) {

=== receiver-tells-nobody
a receiver does not announce new room
lib/pipe/receiver.c pipe/check_pipe
---
        weir__pipe_link_note (self->side->link);
+++
        (void) channel;

=== receiver-ends-early
a receiver ends at the sender's hangup, before all values are received
lib/pipe/receiver.c pipe/check_end pipe/check_pipe
---
           (self->hung_up && self->received >= atomic_load (&channel->sent));
+++
           (self->hung_up && channel);

=== receiver-not-cut
a receiver does not notice the end of its connection
lib/pipe/receiver.c pipe/check_end
---
        self->ended += event == ZMQ_EVENT_DISCONNECTED;
+++

=== box-taken-twice
an end of a pipe is handed out more than once
lib/pipe/box.c pipe/check_pipe pipe/check_misuse
---
    if (result == 0 && recv (box, &content, 1, 0) != 1) {
+++
    if (result == 0 && recv (box, &content, 1, MSG_PEEK) != 1) {

=== end-not-at-exit
ends of pipes are not closed when the program exits
lib/pipe/end.c pipe/check_end
---
    if (closed)
        linger (deadline_us);
+++

=== end-opens-twice
two threads open an end at once
lib/pipe/end.c pipe/check_pipe pipe/check_end
---
        if (!atomic_load (&self->used)) {
            result = open_box (self);
+++
        if (true) {
            result = open_box (self);

=== end-looks-alone
a look at a pipe keeps another thread from trying
lib/pipe/end.c pipe/check_ready select/check_harm
---
    if (result == 0 || errno != EAGAIN)
        return result;
    pthread_mutex_lock (&self->looking);
+++
    return result;
    pthread_mutex_lock (&self->looking);

=== poller-asks-once
a select polls an object only with its first sequence
lib/select/wait.c select/check_select select/check_wait
---
        source->polled.sequence = source->polled.told;
+++
        (void) source->polled.told;

=== poller-not-forgotten
a child continues its parent's polls
lib/select/sources.c select/check_harm select/check_select
---
        weir__poller_forget (poller, whole);
+++
        (void) poller, (void) whole;

=== poller-full-window
a select fails when its window is full
lib/select/poller.c select/check_harm select/check_wait
---
    if (rc != 0 && errno != EAGAIN)
        return -1;
+++
    if (rc != 0)
        return -1;

=== poller-end-is-failure
a select fails when an owner ends
lib/select/poller.c select/check_harm
---
    if (!weir__remote_has_ended (self->remote))
        return -1;
+++
    if (self->remote)
        return -1;

=== select-first-only
the first ready source is always reported first
lib/select/wait.c select/check_select select/check_wait
---
    self->last = number;
+++

=== select-bell-not-rung
a select's descriptor is silent although more sources are ready
lib/select/wait.c select/check_wait select/check_harm
---
    if (number >= 0 || errno != EAGAIN)
        weir__bell_ring (&self->bell);
+++


=== select-silent-owner
a silent owner delays the events of the others
lib/select/wait.c select/check_harm select/check_wait
---
            if (!tries || find_ready (self) >= 0)
                return 0;
+++

=== select-fd-stays
a removed descriptor stays in the epoll
lib/select/sources.c select/check_select select/check_harm
---
        epoll_ctl (self->epoll, EPOLL_CTL_DEL, fd, NULL);
        return 0;
+++
        return 0;

=== router-gid-for-uid
the group of a process is taken for its user
lib/carrier/router.c other_user.pl:process/check_owner
---
    *ret_uid = (uid_t) id [0];
+++
    *ret_uid = (uid_t) id [1];

=== folder-looked-at-unlocked
the directory is locked only after the look whether a name is free
lib/carrier/folder.c carrier/check_runtime_order carrier/check_runtime_race
---
    int state = remove_dead (directory_fd, name, &pid);
    if (state == HELD)
+++
    flock (directory_fd, LOCK_UN);
    int state = remove_dead (directory_fd, name, &pid);
    lock (directory_fd);
    if (state == HELD)

=== refused-goes-on
a link that the owner has refused is used again
lib/client/uplink.c process/check_thousand
---
    self->lost = true;
    //  The owner dropped the session; it cannot be resumed.
+++
    //  The owner dropped the session; it cannot be resumed.

=== refusing-socket-waits
a link waits for ever at a socket that takes no connections
lib/client/uplink.c client/check_uplink process/check_owner_end
---
    return now_us <
                   weir__deadline_us (self->refused_us, WEIR__UPLINK_REFUSED_MS)
+++
    return now_us < WEIR__NEVER

=== watch-once
the process of a session is not watched again for its next session
lib/owner/loop.c process/check_death engine/check_hostile
---
    watch_t *watch = calloc (1, sizeof *watch);
    if (!watch)
        return -1;
+++
    static pid_t before;
    if (pid == before)
        return 0;
    before = pid;
    watch_t *watch = calloc (1, sizeof *watch);
    if (!watch)
        return -1;

=== half-arrived-counted
the bytes of a message count as half arrived when it is whole
lib/owner/intake.c engine/check_limits
---
        self->joining_bytes -= peer->joiner.body.capacity;
        weir__joiner_free (&peer->joiner);
+++
        weir__joiner_free (&peer->joiner);

=== half-arrived-of-the-dead
the bytes of a message count as half arrived when its session has ended
lib/owner/sessions.c engine/check_limits
---
        self->joining_bytes -= peer->joiner.body.capacity;
        if (error)
+++
        if (error)

=== acknowledged-counted
the bytes of replies that were acknowledged are not given back
lib/owner/peers.c engine/check_limits
---
        self->unacked_bytes -= *bytes;
+++

=== condition-asks-not-again
a wait for a predicate does not look at it after the time has run out
lib/api/condition.c machine/check_condition
---
        if (weir_condition_wait (self, lock, left_ms) != 0 &&
            errno != ETIMEDOUT)
+++
        if (weir_condition_wait (self, lock, left_ms) != 0)

=== dealer-binds-ipc
a link that met nobody takes the owner's socket away
lib/carrier/dealer.c carrier/check_dealer client/check_uplink
---
        if (local)
            strcpy (self->unmet, endpoint);
+++
        strcpy (self->unmet, endpoint);

=== chunks-not-reserved
a message is sent as far as there is memory for its frames
lib/carrier/chunks.c client/check_faults engine/check_memory
---
    if (weir__frame_split (message, keep, self) == 0)
+++
    if (weir__frame_split (message, keep, self) == 0 || self->count > 0)

=== closed-is-identical
a descriptor that was closed away is taken for what has its number now
lib/base/identity.c process/check_closefrom
---
    return now.inode != 0 && now.inode == identity.inode &&
+++
    return now.inode != 0 || now.inode == identity.inode ||

=== select-no-values-on-their-way
a select does not wait for values that were sent
lib/select/wait.c select/check_before
---
        weir__deadline_us (weir__now_us (), WEIR__ON_ITS_WAY_MS);
+++
        weir__deadline_us (weir__now_us (), 0);

=== notes-block
an owner waits for its standard error
lib/owner/notes.c process/check_owner_notes
---
        open ("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
+++
        open ("/proc/self/fd/2", O_WRONLY | O_NOCTTY | O_CLOEXEC);
