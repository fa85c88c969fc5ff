#!/usr/bin/perl
#   mutants.pl - proves that the simulator finds faults: breaks the code on
#   purpose, one fault at a time, and reports the seed that finds each
#
#   usage: mutants.pl [--check] [--seeds A..B] [NAME ...]
#
#   --check only checks that the table still fits the code. Otherwise everything
#   is compiled once, then each mutant's file, and the simulator runs until the
#   first seed that fails. Prints a table; fails when a mutant survives.
#
#   The table is at the end; see tests/mutants.pm.
#
#   SPDX-License-Identifier: MPL-2.0

use strict;
use warnings;
use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/..";
use mutants;

my $SEEDS = '1..1000';
my @COMPILE = (split (' ', $ENV{CC} // 'gcc'),
               qw(-g -O1 -std=gnu11 -D_GNU_SOURCE -Ilib -Itests),
               split (' ', $ENV{INNER_CFLAGS} // ''));
my @LIBRARIES = split ' ', $ENV{INNER_LIBS} //
    '-lmsgpackc -lcheck_pic -lsubunit -lm -lrt -lpthread';
my @WRAP = map { "-Wl,--wrap=$_" } 'malloc', 'calloc', 'realloc';
my @SOURCES = qw(
    tests/sim/*.c tests/model/*.c tests/kit/support.c tests/kit/leaks.c
    tests/kit/malloc.c lib/base/*.c lib/codec/*.c lib/machine/*.c
    lib/machine/*/*.c lib/machine/*/*/*.c lib/log/*.c
    lib/owner/admit.c lib/owner/engine.c lib/owner/entries.c
    lib/owner/intake.c lib/owner/peers.c lib/owner/refuse.c
    lib/owner/sessions.c lib/client/protocol.c);

sub object_of
{
    my ($path) = @_;
    (my $object = $path) =~ s{[/.]}{_}g;
    return "$object.o";
}

sub compile
{
    my ($source, $object) = @_;
    system (@COMPILE, '-c', $source, '-o', $object) == 0
        or die "mutants.pl: cannot compile $source\n";
}

#   Returns the failing seed and its cause; an empty list when no seed fails.
sub hunt
{
    my ($program) = @_;
    #   Makes a use of freed memory visible.
    local $ENV{MALLOC_PERTURB_} = 165;
    open my $output, '-|', $program, '--seeds', $SEEDS, '--no-shrink'
        or die "$program: $!\n";
    my $text = do { local $/; <$output> } // '';
    close $output;
    return ($1, $2) if $text =~ /^seed (\d+) fails: (.*)/m;
    die "mutants.pl: the simulator says '$text'\n" unless $text =~ /^\d+ seeds,/;
    return ();
}

my $check = 0;
my @names;
while (@ARGV) {
    my $word = shift @ARGV;
    if ($word eq '--check') {
        $check = 1;
    } elsif ($word eq '--seeds') {
        $SEEDS = shift @ARGV // die "mutants.pl: which seeds?\n";
    } else {
        push @names, $word;
    }
}
chdir $ENV{srcdir} or die "$ENV{srcdir}: $!\n" if defined $ENV{srcdir};

my @table = read_table (*DATA);
@table = choose (\@table, @names);
my %texts = map { $_->{name} => mutate ($_) } @table;
if ($check) {
    print scalar @table, " mutants fit the code\n";
    exit 0;
}

my $folder = tempdir ('weir-mutants-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my %objects;
foreach my $path (map { glob } @SOURCES) {
    $objects{$path} = "$folder/" . object_of ($path);
    compile ($path, $objects{$path});
}
$| = 1;
print "|  # | mutant | file | seed | cause |\n| --: | --- | --- | --: | --- |\n";
my $survivors = 0;
my $number = 0;
foreach my $row (@table) {
    (my $name = $row->{path}) =~ s{.*/}{};
    #   A folder of its own: the mutant has the name of the original.
    mkdir "$folder/mutant";
    my $source = "$folder/mutant/$name";
    open my $file, '>', $source or die "$source: $!\n";
    print $file $texts{$row->{name}};
    close $file or die "$source: $!\n";
    compile ($source, "$folder/mutant.o");
    my @link = map { $_ eq $row->{path} ? "$folder/mutant.o" : $objects{$_} }
        sort keys %objects;
    system (@COMPILE, @WRAP, @link, '-o', "$folder/weir-sim", @LIBRARIES) == 0
        or die "mutants.pl: cannot link $row->{name}\n";
    my ($seed, $cause) = hunt ("$folder/weir-sim");
    $survivors++ unless defined $seed;
    $cause = defined $seed ? $cause =~ s/\|/\\|/gr : 'SURVIVES';
    (my $short = $row->{path}) =~ s{^lib/}{};
    printf "| %2d | %s: %s | %s | %s | %s |\n", ++$number, $row->{name},
        $row->{fault}, $short, $seed // '-', $cause;
}
print "\n", scalar @table, " mutants, $survivors survive; seeds $SEEDS\n";
exit ($survivors ? 1 : 0);

__DATA__
=== append-ignored
a failed append is treated as a success
lib/owner/entries.c
---
        if (self->log->append (self->log, self->last, entry) != 0) {
+++
        if (self->log->append (self->log, self->last, entry) > 0) {

=== reply-before-append
replies leave before their entry is in the log
lib/owner/entries.c
---
        if (self->log->append (self->log, self->last, entry) != 0) {
            self->io.note (self->io.context,
                           "the log accepts no more entries; this owner ends");
            self->failed = true;
            return;
        }
        self->last++;
        send_welcomes (self);
        weir__sink_t sink = {.reply = deliver, .context = self};
        int rc = weir__machine_apply (self->machine, entry, &sink);
        assert (rc == 0);
        (void) rc;
+++
        send_welcomes (self);
        weir__sink_t sink = {.reply = deliver, .context = self};
        int rc = weir__machine_apply (self->machine, entry, &sink);
        assert (rc == 0);
        (void) rc;
        if (self->log->append (self->log, self->last, entry) != 0) {
            self->io.note (self->io.context,
                           "the log accepts no more entries; this owner ends");
            self->failed = true;
            return;
        }
        self->last++;

=== no-dedupe
a repeated request is applied again
lib/machine/dispatch.c
---
    if (request && !request->object) //  a repeated request
+++
    if (request && !request->object) {
        run (self, request, record, &body);
        return;
    }
    if (false)

=== kept-reply-silent
a repeated request gets no reply
lib/machine/dispatch.c
---
    if (request && !request->object) //  a repeated request
+++
    if (false)

=== machine-window
the machine's window is one too small
lib/machine/dispatch.c
---
    if (record->number - link->acked > WEIR__WINDOW ||
+++
    if (record->number - link->acked >= WEIR__WINDOW ||

=== intake-window
the engine's window is one too small
lib/owner/intake.c
---
frame->number - body.acked > WEIR__WINDOW))
+++
frame->number - body.acked >= WEIR__WINDOW))

=== ack-one-more
acknowledging frees one kept reply too many
lib/machine/core/sessions.c
---
        if (request && !request->object && request->number <= acked)
+++
        if (request && !request->object && request->number <= acked + 1)

=== ack-frees-nothing
acknowledging frees no kept reply
lib/machine/core/sessions.c
---
        if (request && !request->object && request->number <= acked)
+++
        if (request && !request->object && request->number < acked - acked)

=== dead-waiter
a dead waiter stays in its line
lib/machine/session.c
---
    unpark_all (link);
    forget_requests (self, link, WEIR__LEFT, &notified);
+++
    (void) unpark_all;
    (void) self;

=== dead-heir
a hold of a dead link passes to another link of the same dead session
lib/machine/session.c
---
    for (link = session->links; link; link = link->hh.next)
        forget_requests (self, link, leave, &notified);
    //  Drop temporary objects before their holds could pass to a waiter.
    while (session->temporaries)
        weir__object_drop (session->temporaries);
    pass_notices_on (self, notified);
    HASH_ITER (hh, session->links, link, next)
    {
+++
    while (session->temporaries)
        weir__object_drop (session->temporaries);
    pass_notices_on (self, notified);
    HASH_ITER (hh, session->links, link, next)
    {
        forget_requests (self, link, leave, &notified);

=== temporaries-stay
temporary objects outlive their session
lib/machine/session.c
---
    while (session->temporaries)
        weir__object_drop (session->temporaries);
+++
    while (session->temporaries) {
        weir__object_t *object = session->temporaries;
        DL_DELETE2 (session->temporaries, object, temporary_prev,
                    temporary_next);
        object->creator = NULL;
    }

=== lock-kept-by-dead
the lock of a dead holder does not pass on
lib/machine/kinds/lock.c
---
    self->abandoned = true;
    pass_on (object);
+++
    self->abandoned = true;

=== abandoned-not-set
a lock is not marked when its holder dies
lib/machine/kinds/lock.c
---
    self->abandoned = true;
+++
    (void) self;

=== abandoned-for-ever
the mark stays after a release
lib/machine/kinds/lock.c
---
    self->abandoned = false;
+++

=== token-of-machine
tokens count the machine's waits, not the lock's grants
lib/machine/kinds/lock.c
---
    weir__hold_take (object, call->request, ++self->token);
+++
    self->token = object->machine->order + 1;
    weir__hold_take (object, call->request, self->token);

=== unfair-lock
the newest waiter gets the lock
lib/machine/kinds/lock.c
---
    weir__resume (object->lines [0], &call);
+++
    weir__resume (object->lines [0]->prev, &call);

=== self-deadlock
a thread waits for a lock that it holds
lib/machine/kinds/lock.c
---
    else if (object->holds && weir__deadlocks (call))
        return;

+++

=== release-by-anybody
any thread can release a lock
lib/machine/kinds/lock.c
---
    weir__hold_t *hold = weir__hold_of (object, call->request->link);
    if (!hold)
        weir__refuse (call, EPERM,
+++
    weir__hold_t *hold = object->holds;
    if (!hold)
        weir__refuse (call, EPERM,

=== get-wakes-nobody
a get does not resume a waiting putter
lib/machine/kinds/queue/flow.c
---
        } else if (putter && has_room (self, batch.count)) {
+++
        } else if (putter && self->items.count == 0) {

=== nobody-goes-on
an operation that did not wait resumes no waiter
lib/machine/dispatch.c
---
            weir__settle (call.object);
+++

=== lifo
a queue is a stack
lib/machine/kinds/queue/items.c
---
    [WEIR__QUEUE_FIFO] = is_older,
+++
    [WEIR__QUEUE_FIFO] = is_newer,

=== priority-backwards
a priority queue gives the largest item first
lib/machine/kinds/queue/items.c
---
    return order == WEIR__SAME ? is_older (a, b) : order == WEIR__BEFORE;
+++
    return order == WEIR__SAME ? is_older (a, b) : order == WEIR__AFTER;

=== full-late
a queue takes one item too many
lib/machine/kinds/queue/flow.c
---
    return count <= maxsize && self->items.count <= maxsize - count;
+++
    return count <= maxsize && self->items.count <= maxsize - count + 1;

=== closed-undrained
a closed queue gives no more items
lib/machine/kinds/queue/flow.c
---
    if (self->items.count > 0)
        deliver_items (object, call);
+++
    if (self->items.count > 0 && !self->closed)
        deliver_items (object, call);

=== close-forgets-getters
closing a queue forgets waiting getters
lib/machine/kinds/queue/flow.c
---
    while (self->closed && self->items.count == 0 && give_up (object))
        ;
+++

=== close-forgets-putters
closing a queue forgets waiting putters
lib/machine/kinds/queue/flow.c
---
    if (self->closed)
        let_go (object, WEIR__PUTTERS, ECANCELED);
+++

=== delivered-twice
a delivered item stays in the queue
lib/machine/kinds/queue/flow.c
---
        if (good)
            weir__queue_let_go (self, item);
+++
        if (false)
            weir__queue_let_go (self, item);

=== put-overtakes
a putter of few items overtakes a waiting putter of many
lib/machine/kinds/queue/flow.c
---
    else if (object->lines [WEIR__PUTTERS] && batch.count > 0)
+++
    else if (false)

=== put-of-some
put_many waits for room for one item only
lib/machine/kinds/queue/flow.c
---
    else if (!has_room (self, batch.count))
+++
    else if (!has_room (self, 1))

=== gone-putter-blocks
a putter behind one that left does not resume
lib/machine/session.c
---
        else if (object)
            weir__settle (object);
+++

=== mixed-priorities
a priority queue takes items that cannot be compared
lib/machine/kinds/queue/flow.c
---
        if (!compares (family, wanted, call))
            return false;
+++

=== priorities-for-ever
an empty priority queue takes only items that compare with its former ones
lib/machine/kinds/queue/flow.c
---
    weir__family_t wanted = alone ? WEIR__FAMILY_NIL : self->family;
+++
    (void) alone;
    weir__family_t wanted = self->family;

=== priorities-forget-leases
a priority queue does not compare new items with its leased ones
lib/machine/kinds/queue/flow.c
---
    bool alone = self->items.count == 0 && !self->leases;
+++
    bool alone = self->items.count == 0;

=== join-early
join returns while one item is left
lib/machine/kinds/queue/flow.c
---
    if (self->unfinished == 0)
        let_go
+++
    if (self->unfinished <= 1)
        let_go

=== done-too-often
task_done may count more items than were put
lib/machine/kinds/queue/tasks.c
---
    else if ((uint64_t) count > self->unfinished)
+++
    else if ((uint64_t) count > self->unfinished + 1)

=== discarded-undone
discarded items must still be done
lib/machine/kinds/queue/queue.c
---
    weir__queue_finish (self, count);
+++

=== lease-lost
an item whose lease ends is lost
lib/machine/kinds/queue/leases.c
---
    } else
        weir__queue_insert (self, item);
+++
    } else
        weir__queue_free (self, item);

=== lease-to-the-end
an item whose lease ends returns to the end of the queue
lib/machine/kinds/queue/leases.c
---
    } else
        weir__queue_insert (self, item);
+++
    } else {
        item->number = self->put++;
        weir__queue_insert (self, item);
    }

=== lease-thrown-away
a returned item is discarded
lib/machine/kinds/queue/leases.c
---
    if (self->discards) {
+++
    if (true) {

=== lease-dies-nowhere
the hold of a dead holder does not pass to a waiter
lib/machine/ending.c
---
    free (hold);
    weir__settle (object);
+++
    free (hold);

=== ack-undone
an acknowledged item does not count as done
lib/machine/kinds/queue/leases.c
---
    weir__answer_nil (call);
    weir__queue_finish (self, 1);
+++
    weir__answer_nil (call);

=== deliveries-uncounted
deliveries of an item are not counted
lib/machine/kinds/queue/leases.c
---
        lease->item->deliveries++;
+++

=== extend-shorter
an extended lease ends at its former deadline
lib/machine/kinds/queue/leases.c
---
        weir__hold_renew (lease->hold, (uint32_t) lease_ms);
+++

=== closed-forgets-leases
a closed queue does not wait for items that may return
lib/machine/kinds/queue/flow.c
---
    else if (can_come_back (object, call->request->link))
+++
    else if (false)

=== closed-waits-for-itself
the holder of the last item of a closed queue waits for that item
lib/machine/kinds/queue/flow.c
---
    if (hold->link != link && !wait_of (object, hold->link))
+++
    if (!wait_of (object, hold->link))

=== closed-circle
two holders of the last items of a closed queue wait for each other
lib/machine/kinds/queue/flow.c
---
    if (hold->link != link && !wait_of (object, hold->link))
+++
    if (hold->link != link)

=== discards-not
an item that returns to a queue closed at once can be got
lib/machine/kinds/queue/leases.c
---
    if (self->discards) {
+++
    if (false) {

=== join-deadlock
a holder of a leased item can join its queue
lib/machine/kinds/queue/tasks.c
---
             weir__hold_of (object, call->request->link))
+++
             false)

=== deadline-late
the machine fires a deadline only after it has passed
lib/machine/machine.c
---
           timer->deadline_us <= self->time_us)
+++
           timer->deadline_us < self->time_us)

=== due-late
the engine fires a deadline only after it has passed
lib/owner/entries.c
---
    bool due = weir__machine_deadline_us (self->machine) <= now_us;
+++
    bool due = weir__machine_deadline_us (self->machine) < now_us;

=== deadline-unsaid
the engine does not report when it must be called
lib/owner/engine.c
---
    uint64_t deadline_us = weir__machine_deadline_us (self->machine);
    return
+++
    uint64_t deadline_us = WEIR__NEVER;
    return

=== local-clock
the machine's time goes back with the owner's clock
lib/machine/machine.c
---
    if (time_us > self->time_us)
+++
    if (true)

=== timers-reversed
the latest deadline fires first
lib/machine/core/timers.c
---
    return x->deadline_us != y->deadline_us ? x->deadline_us < y->deadline_us
+++
    return x->deadline_us != y->deadline_us ? x->deadline_us > y->deadline_us

=== timer-hole
a heap is out of order after a removal
lib/machine/core/heap.c
---
    if (place > 0 && before (last, self->nodes [(place - 1) / 2]))
        rise (self, place, last, before);
    else
        sink (self, place, last, before);
+++
    put_node (self, place, last);

=== cancel-ignored
CANCEL does nothing
lib/machine/machine.c
---
        if (request && request->object)
            weir__end_wait
+++
        if (request && !request)
            weir__end_wait

=== cancel-done
CANCEL ends a request that has its reply already
lib/machine/machine.c
---
        if (request && request->object)
            weir__end_wait
+++
        if (request)
            weir__end_wait

=== early-read
a read does not wait for the entry that is being gathered
lib/owner/intake.c
---
    if (self->entry.size == 0) {
        weir__engine_answer_read
+++
    if (true) {
        weir__engine_answer_read

=== write-joins-read
a write goes into the entry that the link's earlier read waits for
lib/owner/intake.c
---
    if (peer->reads)
        weir__engine_make_entry (self, now_us);
+++

=== kept-read
a request that was refused with an entry is read anew when repeated
lib/owner/intake.c
---
    if (weir__machine_reads (self->machine, &body) &&
        !weir__machine_keeps (self->machine, peer->origin, frame->number)) {
+++
    if (weir__machine_reads (self->machine, &body)) {

=== stale-hello
an overtaken HELLO is served
lib/owner/admit.c
---
    if (is_stale (self, &hello))
        return;
+++

=== closed-link-opens
a late HELLO reopens a closed link
lib/owner/admit.c
---
           (client && weir__peer_session_closed (client, hello->link));
+++
           (client && client != client);

=== old-connection-stays
a returning link keeps its old connection
lib/owner/admit.c
---
    if (old)
        weir__engine_forget (self, old);
+++
    if (old)
        return;

=== not-asked-again
a link does not repeat its requests on a new connection
lib/client/protocol.c
---
        if (!pending->answered)
            rc = send_request (pending, wire);
+++

=== hasty-ack
a link acknowledges replies that it has not received
lib/client/protocol.c
---
                                      .acked = self->acked,
+++
                                      .acked = self->last,

=== reply-twice
a link delivers a repeated reply twice
lib/client/protocol.c
---
    if (number <= self->acked || number > self->last || pending->answered)
        return false;
    assert (pending->number == number);
+++
    if (number > self->last || pending->number != number)
        return false;

=== cancel-lost
a link does not repeat CANCEL on a new connection
lib/client/protocol.c
---
        if (!pending->answered && pending->cancelled && rc == 0)
+++
        if (rc > 0)

=== id-again
the id of a dropped object is reused
lib/machine/core/objects.c
---
        slot->generation++;
+++

=== drop-silent
dropping an object does not tell its waiters
lib/machine/ending.c
---
    weir__refuse (&call, error, "%s", cause);
    weir__reply (&call);
+++
    weir__refuse (&call, error, "%s", cause);
    if (error != ENOENT)
        weir__reply (&call);

=== expire-unrecorded
the log does not record the end of a session
lib/owner/sessions.c
---
    weir__engine_record (self,
                         &(weir__record_t){.type = WEIR__RECORD_EXPIRE,
                                           .session = client->session,
                                           .number = client->left},
                         now_us);
+++
    (void) now_us;

=== dead-unwatched
a restarted owner does not watch the sessions in its log
lib/owner/engine.c
---
           (process == (uint64_t) self->config.self.pid ||
            self->io.watch (self->io.context, session, (pid_t) process) == 0);
+++
           process > 0;

=== close-unrecorded
the log does not record the end of a link
lib/owner/intake.c
---
    weir__engine_record (self,
                         &(weir__record_t){.type = WEIR__RECORD_CLOSE,
                                           .session = peer->origin.session,
                                           .link = peer->origin.link},
                         now_us);
+++
    (void) now_us;

=== batch-tail
the last records of a large entry are lost
lib/owner/entries.c
---
    if (size == 0)
        weir__entry_begin (&self->entry, 0); //  the time is set later
+++
    if (size > 1000)
        return true;
    if (size == 0)
        weir__entry_begin (&self->entry, 0);

=== wrong-link
replies go to the session's first link
lib/owner/entries.c
---
    weir__peer_t *peer = weir__peer_of (&self->peers, to);
+++
    weir__peer_t *peer =
        weir__peer_of (&self->peers, (weir__origin_t){to.session, 1});

=== popitem-first
dict.popitem takes the oldest item
lib/machine/kinds/dict/dict.c
---
        ELMT_FROM_HH (self->items->hh.tbl, self->items->hh.tbl->tail);
+++
        self->items;

=== bool-key
1 and true are two keys
lib/machine/values/canonical.c
---
    if (value.type == WEIR_BOOL)
        value = weir_value_int (value.boolean);
    else if
+++
    if

=== symmetric-keeps
set.symmetric_difference_update keeps common members
lib/machine/kinds/set.c
---
                         op != WEIR__SET_INTERSECTION_UPDATE);
+++
                         op == WEIR__SET_DIFFERENCE_UPDATE);

=== superset-inverse
set.is_superset behaves as set.is_subset
lib/machine/kinds/set.c
---
    bool is_superset = !first_in (&(part_t){other, self, false});
+++
    bool is_superset = is_subset;

=== array-halfway
a failed array.add_slice keeps its changes before the overflow
lib/machine/kinds/array.c
---
        good = take_element (self, call, to, change, value);
+++
        good = take_element (self, call, to, change, value);
        if (good)
            memcpy (element_at (self, weir__range_place (range, i)), to,
                    self->width);

=== array-wraps
sums of small unsigned integers wrap
lib/machine/values/element.c
---
        !fits (type, sum))
+++
        (types [type].is_signed && !fits (type, sum)))

=== var-wait-beyond
var.wait_at_least waits for a greater value
lib/machine/kinds/var.c
---
        return !*ret_refused && order != WEIR__BEFORE && !is_nan (value) &&
+++
        return !*ret_refused && order == WEIR__AFTER && !is_nan (value) &&

=== var-wait-one
a change of a var ends only one wait
lib/machine/kinds/var.c
---
        weir__reply (&call);
+++
        weir__reply (&call);
        break;

=== path-no-recount
a list that grows on a path keeps its old item count
lib/machine/kinds/dict/paths.c
---
            .count = (size_t) head.size + 1,
+++
            .count = (size_t) head.size,

=== list-wait-lost
a list that has grown does not end waits
lib/machine/kinds/list/list.c
---
    .settle = weir__list_settle,
+++
    .settle = NULL,

=== list-wait-is-no-change
taking an item after a wait does not count as a change
lib/machine/kinds/list/wait.c
---
    object->sequence++;
+++
    (void) object;

=== poll-misses-holds
a poll is not answered when a hold ends
lib/machine/core/holds.c
---
    weir__watch_touch (hold->object);
+++
    (void) weir__watch_touch;

=== poll-misses-changes
a poll is not answered when an object may have changed
lib/machine/ending.c
---
    weir__watch_touch (object);
+++
    (void) weir__watch_touch;

=== poll-misses-drops
a poll is not answered when an object is dropped
lib/machine/core/watch.c
---
        wake (item->poll, object->machine);
+++
        (void) object;

=== poll-overtakes-writers
a rwlock is ready for reading while a writer waits
lib/machine/kinds/rwlock.c
---
    return !is_written (object) && !object->lines [0];
+++
    return !is_written (object);

=== poll-overtakes-putters
a queue is ready for a put of one while others wait to put more
lib/machine/kinds/queue/flow.c
---
               (has_room (self, 1) && !object->lines [WEIR__PUTTERS]);
+++
               has_room (self, 1);

=== poll-misses-closed
a closed and empty queue is not ready for a get
lib/machine/kinds/queue/flow.c
---
           (self->closed && !can_come_back (object, NULL));
+++
           (self->closed && self->discards);

=== poll-answers-early
a poll is answered in the middle of an entry
lib/machine/machine.c
---
        apply_record (self, &record);
+++
        apply_record (self, &record), weir__poll_settle (self);

=== poll-lost-in-snapshots
a restored poll waits for nothing
lib/machine/poll.c
---
    weir__watch_begin (self);
    return true;
+++
    free (self);
    return true;

=== setdefault-sets
dict.setdefault overwrites an existing value
lib/machine/kinds/dict/dict.c
---
    if (!item && weir__answer_fits (call))
        weir__table_put (self, call, NULL,
                         weir__blob_new (weir__arg_packed (call, 1)));
+++
    if (weir__answer_fits (call))
        weir__table_put (self, call, item,
                         weir__blob_new (weir__arg_packed (call, 1)));

=== cas-always
dict.cas does not compare
lib/machine/kinds/dict/dict.c
---
    weir__blob_t *desired =
        equal ? weir__blob_new (weir__arg_packed (call, 2)) : NULL;
+++
    equal = true;
    weir__blob_t *desired = weir__blob_new (weir__arg_packed (call, 2));

=== add-lost
dict.add to an existing key loses the old value
lib/machine/kinds/dict/dict.c
---
    weir__bytes_t old = item ? weir__blob_slice (item->value)
                             : (weir__bytes_t){zero, sizeof zero};
+++
    weir__bytes_t old = {zero, sizeof zero};

=== contains-inverse
dict.contains returns the opposite
lib/machine/kinds/dict/dict.c
---
        weir__answer (call, weir_value_bool (item != NULL));
+++
        weir__answer (call, weir_value_bool (item == NULL));

=== insert-clamps
list.insert never puts an item at the end
lib/machine/kinds/list/list.c
---
    else if (weir__arg_bound (call, 0, self->size, &place))
+++
    else if (weir__arg_bound (call, 0, self->size ? self->size - 1 : 0, &place))

=== reverse-nothing
list.reverse reverses twice
lib/machine/kinds/list/list.c
---
    for (size_t i = 0; i < self->size / 2; i++) {
+++
    for (size_t i = 0; i < self->size; i++) {

=== count-short
list.count stops after the first match
lib/machine/kinds/list/list.c
---
        part.start = place + 1;
+++
        part.start = part.stop;

=== slice-negative
a slice with a negative step begins one index too far
lib/machine/values/range.c
---
    bounds_t bounds = {size, step > 0 ? 0 : -1, step > 0 ? size : size - 1};
+++
    bounds_t bounds = {size, step > 0 ? 0 : -1,
                       step > 0 || size == 0 ? size : size - 1 - (size > 1)};

=== sort-unstable
sorting swaps equal items
lib/machine/values/sort.c
---
                order == (runs->reverse ? WEIR__AFTER : WEIR__BEFORE);
+++
                order != (runs->reverse ? WEIR__BEFORE : WEIR__AFTER);

=== var-real
a var of an integer becomes a real
lib/machine/kinds/var.c
---
    if (type_of (old) == WEIR_INTEGER &&
        weir__arg (call, 0).type == WEIR_REAL) {
+++
    if (type_of (old) == WEIR_NIL &&
        weir__arg (call, 0).type == WEIR_REAL) {

=== half-message-stays
half a message stays after its connection breaks
lib/client/protocol.c
---
    weir__joiner_free (&self->joiner);
    self->welcomed = false;
+++
    self->welcomed = false;

=== chunk-lost
the last chunk of a large message is lost
lib/codec/frame.c
---
    if (frame->more)
        return 0;
    if (self->skipping)
+++
    if (frame->more)
        return 0;
    if (self->body.size > WEIR__CHUNK_BYTES)
        self->body.size -= frame->size;
    if (self->skipping)

=== replay-short
a restarted owner does not read the log's last entry
lib/owner/engine.c
---
           self->log->read (self->log, &sequence, &bytes) == 0) {
+++
           sequence < self->log->last (self->log) &&
           self->log->read (self->log, &sequence, &bytes) == 0) {

=== snapshot-ignored
an owner with a snapshot applies the log to an empty machine
lib/owner/engine.c
---
        self->machine = weir__machine_load (bytes);
+++
        self->machine = weir__machine_new ();

=== snapshot-deadline
a snapshot forgets the deadlines of waits
lib/machine/snapshot.c
---
    weir__timer_set (self, &request->timer, deadline_us);
    request->object = object;
+++
    request->object = object;

=== snapshot-line
a snapshot reverses the lines of waiters
lib/machine/snapshot.c
---
    DL_APPEND (object->lines [line], request);
+++
    DL_PREPEND (object->lines [line], request);

=== snapshot-acked
a snapshot forgets which replies were acknowledged
lib/machine/snapshot.c
---
    link->acked = weir__reader_u64 (from);
+++
    weir__reader_u64 (from);

=== snapshot-replies
a snapshot forgets the kept replies
lib/machine/snapshot.c
---
        weir__request_t *request = weir__request_new (link, request_number);
        if (!request)
            return false;
+++
        if (reply)
            continue;
        weir__request_t *request = weir__request_new (link, request_number);
        if (!request)
            return false;

=== snapshot-holder
a snapshot forgets the holder of a lock
lib/machine/snapshot.c
---
            if (!weir__hold_load (link, weir__object_find (self, id), from))
                return false;
+++
            weir__reader_take (from, 36);

=== snapshot-temporary
a snapshot makes temporary objects permanent
lib/machine/snapshot.c
---
        weir__object_place (object, NULL, 0, session);
+++

=== snapshot-free
a snapshot reverses the stack of free ids
lib/machine/snapshot.c
---
        self->free_slots [i] = weir__reader_u32 (from);
+++
        self->free_slots [self->free_count - 1 - i] = weir__reader_u32 (from);

=== starved-silent
a request that finds no memory gets no reply
lib/machine/dispatch.c
---
    else
        reply_at_once (self, record, ENOMEM);
+++

=== starved-read
a read that finds no memory is forgotten
lib/owner/intake.c
---
        weir__engine_reply (self, peer, frame->number, weir__reply_no_memory);
    } else
+++
    } else

=== starved-done
a repeated request that was applied is answered with ENOMEM
lib/owner/intake.c
---
    if (weir__machine_keeps (self->machine, peer->origin, number))
        weir__engine_deafen (self, peer, WEIR__ENGINE_NO_MEMORY);
    else
+++

=== starved-link
a link that finds no memory is welcomed
lib/owner/entries.c
---
        if (peer && !weir__machine_has_link (self->machine, peer->origin))
            weir__engine_deafen
+++
        if (!peer)
            weir__engine_deafen

=== torn-record
a record that finds no memory is partly in the entry
lib/owner/entries.c
---
    self->entry.size = size;
    self->entry.failed = false;
+++
    self->entry.failed = false;

=== dropped-session-back
a dropped session returns on another connection
lib/owner/admit.c
---
    if (!client && ((hello->attempt > 1 && hello->epoch != 0) ||
                    weir__peers_ended (&self->peers, hello->session)))
        return WEIR__ENGINE_SESSION_ENDED;
+++

=== ended-session-back
an ended session begins anew on an unknown connection
lib/owner/admit.c
---
    if (!client && ((hello->attempt > 1 && hello->epoch != 0) ||
                    weir__peers_ended (&self->peers, hello->session)))
+++
    if (!client && hello->attempt > 1 && hello->epoch != 0)

=== other-owner-serves
an owner serves a link that means another owner
lib/owner/admit.c
---
    if (hello->epoch != 0 && hello->epoch != self->config.epoch)
+++
    if (false)

=== nothing-held
a link that was never welcomed repeats its requests to any owner
lib/client/protocol.c
---
    self->held = self->hello.epoch == 0 && self->last > self->acked;
+++
    self->held = false;

=== held-for-ever
held requests are not sent after WELCOME
lib/client/protocol.c
---
    self->held = false;
    return ask_again (self, wire);
+++
    self->held = false;
    return 0;

=== held-in-part
a new request overtakes held ones
lib/client/protocol.c
---
    if (!self->held && send_request (pending, wire) != 0) {
+++
    if (send_request (pending, wire) != 0) {

=== guard-ignored
a guarded change is made after its grant has ended
lib/machine/call.c
---
    if (by && weir__hold_by (by, guard->token))
        return true;
+++
    if (by)
        return true;

=== guard-by-object
a guard accepts any grant of its lock
lib/machine/call.c
---
    if (by && weir__hold_by (by, guard->token))
        return true;
+++
    if (by && by->holds)
        return true;

=== lease-for-ever
a lease does not expire
lib/machine/core/holds.c
---
    if (hold->lease_ms)
        weir__hold_renew (hold, hold->lease_ms);
+++

=== renew-too-short
a renewed lease expires at its former deadline
lib/machine/core/holds.c
---
    hold->lease_ms = lease_ms;
    weir__timer_unset (machine, &hold->timer);
    weir__timer_set (
+++
    hold->lease_ms = lease_ms;
    if (hold->timer.deadline_us != WEIR__NEVER)
        return;
    weir__timer_set (

=== alarm-with-timeout
a wait that ends by itself counts as part of a circle
lib/machine/deadlock.c
---
    if (!wait || wait->timer.deadline_us != WEIR__NEVER ||
+++
    if (!wait ||

=== alarm-for-a-timeout
a wait with a timeout is refused for a circle that it would end
lib/machine/deadlock.c
---
    if (call->body.timeout_ms >= 0 ||
        !closes (
+++
    if (call->body.timeout_ms == 0 ||
        !closes (

=== short-circles-only
a circle of more than two threads is not found
lib/machine/deadlock.c
---
            if (!next || next->search == mark)
+++
            if (!next || next->search == mark || object->search_from)

=== event-wakes-one
setting an event resumes only its first waiter
lib/machine/kinds/event.c
---
    while (self->is_set && object->lines [0]) {
+++
    if (self->is_set && object->lines [0]) {

=== event-wakes-when-cleared
clearing an event resumes its waiters
lib/machine/kinds/event.c
---
    while (self->is_set && object->lines [0]) {
+++
    while (self && object->lines [0]) {

=== transaction-not-undone
the step before the last one of a transaction is not undone
lib/machine/transaction.c
---
    before_t before = {object, call->step < self->steps, object->sequence};
+++
    before_t before = {object, call->step + 1 < self->steps, object->sequence};

=== transaction-goes-on
a transaction whose last step fails is kept
lib/machine/transaction.c
---
    end_all (&self, good);
+++
    end_all (&self, good || self.count == self.steps);

=== transaction-settles-early
a step resumes waiters before the transaction commits
lib/machine/transaction.c
---
    else if (weir__changes (op))
        call->object->sequence++;
+++
    else if (weir__changes (op))
        call->object->sequence++, weir__settle (call->object);

=== transaction-never-settles
a committed transaction does not resume waiters
lib/machine/transaction.c
---
        weir__settle (self->befores [i].object);
+++
        if (self->count == 0)
            weir__settle (self->befores [i].object);

=== transaction-ignores-values
a transaction's condition on a value always holds
lib/machine/transaction.c
---
    if (weir__packed_equal (found, self->expected, &failed)) {
+++
    if (weir__packed_equal (found, self->expected, &failed) || !failed) {

=== transaction-ignores-sequences
a transaction's condition on a sequence also holds after later changes
lib/machine/transaction.c
---
    else if (object->sequence == (uint64_t) self->sequence)
+++
    else if (object->sequence >= (uint64_t) self->sequence)

=== transaction-counts-undone
an undone step counts as a change
lib/machine/transaction.c
---
        before->object->sequence = before->sequence;
+++
        before->object->sequence += 0;

=== sequence-not-restored
a snapshot forgets the sequence of an object
lib/machine/snapshot.c
---
        object->sequence = sequence;
+++
        object->sequence = 0 * sequence;

=== event-not-cleared
a set event cannot be cleared
lib/machine/kinds/event.c
---
    self->is_set = false;
+++
    self->is_set = self->is_set && true;

=== units-of-the-dead
the units of a dead holder are not released
lib/machine/kinds/semaphore.c
---
    self->value += (uint32_t) hold->count;
    pass_on (object);
+++
    pass_on (object);

=== units-from-youngest
releasing more than held takes from the newest holder
lib/machine/kinds/semaphore.c
---
        left -= take_from (object, object->holds, left);
+++
        left -= take_from (object, object->holds->prev, left);

=== false-alarm
a semaphore that was used for signals counts in circles
lib/machine/kinds/semaphore.c
---
    self->signalled = self->signalled || left > 0;
+++

=== wait-keeps-lock
a wait at a condition keeps its lock
lib/machine/kinds/condition.c
---
    if (call->parked)
        weir__lock_wait (hold, call->request);
+++
    (void) hold;

=== depth-forgotten
a wait at a condition reacquires an rlock at depth one
lib/machine/kinds/lock.c
---
    request->hold->count = hold->count;
+++

=== notice-to-all
a notice for some waiters reaches all
lib/machine/kinds/condition.c
---
    for (; object->lines [0] && (most < 0 || count < most); count++)
+++
    for (; object->lines [0] && (most != 0 || count < most); count++)

=== outcome-forgotten
a timed-out wait at a condition looks notified
lib/machine/kinds/lock.c
---
    request->outcome = weir__status_of (error);
+++
    (void) error;

=== barrier-early
a barrier opens one party too early
lib/machine/kinds/barrier.c
---
    bool last = !actor (object) && others + 1 == self->parties;
+++
    bool last = !actor (object) && others + 1 >= self->parties - (self->parties > 2);

=== barrier-forgets-dead
a barrier waits for a party that died between rounds
lib/machine/kinds/barrier.c
---
    if (leave == WEIR__DIED && hold->token > self->lost)
        self->lost = hold->token;
+++

=== barrier-timeout-stays
a wait that times out does not break the barrier
lib/machine/kinds/barrier.c
---
    break_it (object, "one of its parties has timed out");
+++

=== action-not-waited-for
a party that comes during an action passes the barrier
lib/machine/kinds/barrier.c
---
    while (!actor (object) && waiting (object) >= self->parties) {
+++
    while (waiting (object) >= self->parties) {

=== writer-starves
readers overtake a waiting writer
lib/machine/kinds/rwlock.c
---
    if (!reads && (object->lines [0] || is_written (object)))
+++
    if (!reads && is_written (object))

=== readers-stay
readers stay behind a writer that no longer waits
lib/machine/ending.c
---
    if (error != ENOENT)
        weir__settle (object);
+++

=== mark-for-readers
a reader's release clears the mark of a dead writer
lib/machine/kinds/rwlock.c
---
    if (self->writing)
        self->abandoned = false;
+++
    self->abandoned = false;

=== circle-comes-back
a circle that a returning wait at a condition closes is not found
lib/machine/kinds/lock.c
---
    if (object->holds)
        weir__deadlock_break (request);
    else
+++
    if (!object->holds)

=== return-alarms
a wait is refused while another wait reacquires its lock, circle or not
lib/machine/deadlock.c
---
        !search (request->object, request->link))
        return;
    //  A lock has one holder
+++
        !certain_wait (request->object->holds->link))
        return;
    weir__end_wait (certain_wait (request->object->holds->link), EDEADLK, "");
    return;
    //  A lock has one holder

=== queue-keeps-undone
undoing a transaction leaves its put items in the queue
lib/machine/kinds/queue/undo.c
---
    if (is_inside (item))
        weir__queue_take_out (self, item);
    weir__queue_free (self, item);
+++
    if (!is_inside (item))
        weir__queue_free (self, item);

=== queue-loses-undone
undoing a transaction loses the items that it got
lib/machine/kinds/queue/undo.c
---
    if (item->number < was->put) {
        weir__queue_insert (self, item);
        return;
    }
+++

=== queue-undone-out-of-order
undoing a transaction returns its items to the end of the queue
lib/machine/kinds/queue/undo.c
---
    if (item->number < was->put) {
        weir__queue_insert (self, item);
+++
    if (item->number < was->put) {
        item->number = self->put++;
        weir__queue_insert (self, item);

=== queue-undone-unfinished
an undone put counts as an unfinished task
lib/machine/kinds/queue/undo.c
---
        self->unfinished = notes->was.unfinished;
+++

=== queue-undone-closed
undoing a close leaves the queue closed
lib/machine/kinds/queue/undo.c
---
        self->closed = notes->was.closed;
+++

=== transaction-leases
a transaction ends leases, which it cannot undo
lib/machine/transaction.c
---
    else if (op->effect == WEIR__ALONE || op->effect >= WEIR__GRANTS)
+++
    else if (op->effect >= WEIR__GRANTS)

=== queue-change-uncounted
a get from a queue does not count as a change
lib/machine/kinds/queue/flow.c
---
    object->sequence += good;
+++

=== transaction-takes-the-last
a step takes the result of the step before it, whichever it names
lib/machine/transaction.c
---
    size_t begin = self->results [step->place];
    size_t size = self->results [step->place + 1] - begin;
+++
    size_t begin = self->results [call->step - 2];
    size_t size = self->results [call->step - 1] - begin;

=== guard-forgotten-by-getters
a waiting get takes an item although its guard was lost
lib/machine/kinds/queue/flow.c
---
            if (weir__is_guarded (&call))
                deliver_items (object, &call);
+++
            deliver_items (object, &call);

=== guard-forgotten-by-putters
a waiting put succeeds although its guard was lost
lib/machine/kinds/queue/flow.c
---
            if (weir__is_guarded (&call))
                accept_batch (object, &call, batch);
+++
            accept_batch (object, &call, batch);

=== guard-forgotten-by-poppers
a waiting list pop takes an item although its guard was lost
lib/machine/kinds/list/wait.c
---
        if (weir__is_guarded (&call))
            take_item (object, &call, place);
+++
        take_item (object, &call, place);

=== dropped-lock-waited-for
a wait at a condition survives the drop of its lock
lib/machine/ending.c
---
    if (object->has_followers)
+++
    if (object->has_followers && object->id == UINT64_MAX)

=== condition-not-in-snapshot
a restored lock has no conditions
lib/machine/kinds/lock.c
---
    object->has_followers = weir__reader_u8 (from) != 0;
+++
    weir__reader_u8 (from);

=== leases-thread-by-thread
the leases of a dead process return thread by thread
lib/machine/session.c
---
    session->ends = true;
+++
    session->ends = false;

=== notice-to-latecomer
a notice passes on to a waiter that came after it
lib/machine/kinds/condition.c
---
    if (first && first->timer.order < notice.order && lock_of (object))
+++
    if (first && lock_of (object))
