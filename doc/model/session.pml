/*  session.pml - the session protocol between links and their owner, for spin

    tests/promela.sh runs it; doc/internals/protocol-model.md tells what it
    covers, what it leaves out, and what spin said.

    - client      a link's side, as lib/client/protocol.c
    - connection  a connection of a link: frames in order, or a prefix of them
    - owner       lib/owner, its log, and lib/machine/session.c
    - object      answers the requests that are parked at it
    - faults      who dies
    - judge       what must hold when nothing moves any more

    Requests, connections and faults are counted, so every run ends; where one
    ends, the judge must have agreed. A step is one d_step: links and owner
    share nothing but the frames between them, and the owner is one thread.

    Other NAMES in #ifdef are mutants, each a fault that spin must find.

    SPDX-License-Identifier: MPL-2.0
*/

/*  The size of the world, set by -D. At most 2 links, a window of 2, and 3
    connections of a link: ALL_..., SILENT and WAITS count no further. */

#ifndef LINKS
#define LINKS 2
#endif
#ifndef REQUESTS
#define REQUESTS 2              /* of each link */
#endif
#ifndef WINDOW
#define WINDOW 2                /* requests of a link without a reply */
#endif
#ifndef BATCH
#define BATCH 3                 /* records in an entry */
#endif
#ifndef BREAKS
#define BREAKS 1                /* of connections, all links together */
#endif
#ifndef CLIENT_CRASHES
#define CLIENT_CRASHES 0        /* 1: the client that has link 0 may die */
#endif
#ifndef OWNER_CRASHES
#define OWNER_CRASHES 0         /* 1: the owner may die, and begin again */
#endif
/*  CLOSES: links may close; SESSION_CLOSES: session 0 may; FORGETS: it is
    another owner that begins. */

#define LAST_LINK (LINKS - 1)
#define CONNECTIONS (BREAKS + OWNER_CRASHES + 1)
#define MIDDLE ((CONNECTIONS + 2) / 2)

#ifdef ONE_SESSION              /* all links are of one client */
#define SESSION(l) 0
#define MATE LAST_LINK
#else                           /* each is of its own */
#define SESSION(l) (l)
#define MATE 0
#endif

#ifdef BREAKS_OF_FIRST          /* enough where the links are alike */
#define MAY_BREAK(l) (breaks > 0 && l == 0)
#else
#define MAY_BREAK(l) (breaks > 0)
#endif

/*  The first request of a link parks at its object, the second does not ... */
#define PARKS(number) ((number) % 2 == 1)

mtype:frame = { HELLO, REQUEST, CLOSE, WELCOME, REPLY, REFUSED };
mtype:record = { OPEN, ASKED, CLOSED, EXPIRE };

/*  What is on its way. HELLO: the epoch that is meant; REQUEST: its number,
    and up to where replies have arrived; WELCOME: the epoch; REPLY: the number
    and the answer; REFUSED: whether another owner was meant. */
chan up [LINKS * CONNECTIONS] = [REQUESTS + 2] of { mtype:frame, byte, byte };
chan down [LINKS] =
    [REQUESTS * CONNECTIONS + 1] of { mtype:frame, byte, byte };
#define UP(l, attempt) up [(l) * CONNECTIONS + (attempt) - 1]

/*  Clients */

#define LIVING 0
#define ENDED 1                 /* it has said CLOSE */
#define DEAD 2                  /* its process was killed */
#define UNKNOWN 3               /* the outcome: the owner is another one */

#define INTENDED 1              /* the owner that all links mean: its epoch; by
                                   its process they know it without one */

typedef Link {
    byte state;
    bool connected;
    byte attempt;               /* to connect: 1 is the first */
    byte epoch;                 /* of the owner; 0: not told yet */
    bool held;                  /* it sends nothing before WELCOME */
    byte last;                  /* number of the last request */
    byte acked;                 /* up to here all replies have arrived */
    bool answered [REQUESTS + 1];
    byte body_acked [REQUESTS + 1]; /* as it was sent, and is sent again */
}
Link link [LINKS];

/*  The owner's memory, which it loses when it dies */

typedef Peer {
    byte attempt;               /* of the link's connection; 0: none */
    byte acked;
    bool closed;                /* the link is not to be opened again */
}
Peer peer [LINKS];
bool watched;                   /* session 0: it has begun, and not ended */
bool remembered;                /* it has ended */
chan entry = [BATCH] of { mtype:record, byte, byte, byte };

/*  The machine: what a replay of the log gives. It changes with the append,
    because nothing can be seen between append and apply. */

#define ABSENT 0
#define PARKED 1
#define DONE 2

typedef Kept {
    byte number;
    byte state;
    byte answer;
}
typedef Place {
    bool open;
    byte acked;
    Kept kept [WINDOW];         /* by number, modulo */
}
Place place [LINKS];
byte epoch = INTENDED;

/*  What the properties look at */

byte applied [LINKS * (REQUESTS + 1)]; /* how often, by whatever owner */
#define APPLIED(l, number) applied [(l) * (REQUESTS + 1) + (number)]
bool expired [LINKS];           /* sessions */
byte buried [LINKS];            /* by which connection a dead link came */
bool judged;

/*  Faults that are left */

byte breaks = BREAKS;
byte client_crashes = CLIENT_CRASHES;
byte owner_crashes = OWNER_CRASHES;

/*  Scratch: of no meaning from one step to the next. */
hidden byte i, j, n, ack, value, whose;
hidden mtype:frame what;
hidden mtype:record sort;

/*  The client's side */

#define LIVES(l, a) (link [l].connected && link [l].attempt == (a))
#define CAN_ASK(l)                                                            \
    (link [l].connected && link [l].last < REQUESTS &&                        \
     link [l].last - link [l].acked < WINDOW)

inline clear (channel)
{
    do
    :: nempty (channel) -> channel ? what, _, _
    :: empty (channel) -> break
    od
}

inline lose_connection (l)
{
    link [l].connected = false;
    link [l].held = false;
    clear (down [l])
}

/*  It asks no more, so what it knew does not matter any more. */
inline end_link (l, how)
{
    lose_connection (l);
    link [l].state = how;
    link [l].attempt = 0;
    link [l].epoch = 0;
    link [l].last = 0;
    link [l].acked = 0;
    for (n : 1 .. REQUESTS) {
        link [l].answered [n] = false;
        link [l].body_acked [n] = 0
    }
}

inline end_links (how)
{
    for (i : 0 .. LAST_LINK) {
        if
        :: SESSION (i) == 0 -> end_link (i, how)
        :: else
        fi
    }
}

#ifdef NO_RESEND
#define RESENDS false
#else
#define RESENDS true
#endif
#ifdef LATE_EPOCH
#define HOLDS(l) false
#else
#define HOLDS(l)                                                              \
    (link [l].attempt > 1 && link [l].epoch == 0 &&                           \
     link [l].last > link [l].acked)
#endif

/*  Every request that has no reply. */
inline ask_again (l)
{
    for (i : link [l].acked + 1 .. link [l].last) {
        if
        :: RESENDS && !link [l].answered [i] ->
            UP (l, link [l].attempt) ! REQUEST, i, link [l].body_acked [i]
        :: else
        fi
    }
}

inline connect (l)
{
    link [l].attempt++;
    link [l].connected = true;
    UP (l, link [l].attempt) ! HELLO, link [l].epoch, 0;
    link [l].held = HOLDS (l);
    if
    :: link [l].held
    :: else -> ask_again (l)
    fi
}

inline take_welcome (l)
{
    if
    :: n != INTENDED -> end_link (l, UNKNOWN)
    :: else ->
        link [l].epoch = n;
        if
        :: link [l].held ->
            link [l].held = false;
            ask_again (l)
        :: else
        fi
    fi
}

inline ask (l)
{
#ifdef ACK_EARLY
    link [l].body_acked [link [l].last + 1] = link [l].last;
#else
    link [l].body_acked [link [l].last + 1] = link [l].acked;
#endif
    link [l].last++;
    n = link [l].last;
    if
    :: link [l].held
    :: else -> UP (l, link [l].attempt) ! REQUEST, n, link [l].body_acked [n]
    fi
}

inline take_reply (l)
{
    if
    :: n > link [l].acked && n <= link [l].last && !link [l].answered [n] ->
        /* The reply is that of the one application, and that is logged. */
        assert (value == 1 && APPLIED (l, n) == 1);
        link [l].answered [n] = true;
        link [l].body_acked [n] = 0;
        do
        :: link [l].acked == link [l].last ||
           !link [l].answered [link [l].acked + 1] -> break
        :: else -> link [l].acked++
        od
    :: else /* it was there before */
    fi
}

proctype client (byte l)
{
end:
    do
    :: d_step { CAN_ASK (l) -> ask (l) }
    :: d_step {
        link [l].state == LIVING && !link [l].connected ->
        connect (l); skip
    }
    :: d_step { down [l] ? WELCOME, n, _ -> take_welcome (l) }
    :: d_step { down [l] ? REPLY, n, value -> take_reply (l) }
    :: d_step {
        down [l] ? REFUSED, n, _ ->
        /* A good link is not refused, but by an owner that it did not mean. */
        assert (n != 0);
        end_link (l, UNKNOWN); skip
    }
#ifdef CLOSES
    :: d_step {
        link [l].connected ->
        UP (l, link [l].attempt) ! CLOSE, 0, 0;
        end_link (l, ENDED); skip
    }
#endif
#ifdef SESSION_CLOSES
    :: d_step {
        SESSION (l) == 0 && link [l].connected ->
        UP (l, link [l].attempt) ! CLOSE, 1, 0;
        end_links (ENDED); skip
    }
#endif
    od
}

/*  The owner's side of a connection: lib/owner/admit.c and intake.c */

/*  A frame to a connection is lost unless that is the living one. */
inline send (to, by, kind, x, y)
{
    if
    :: LIVES (to, by) -> assert (nfull (down [to])); down [to] ! kind, x, y
    :: else
    fi
}

#ifdef NO_ATTEMPT
#define OVERTAKEN(l, a) peer [l].closed
#else
#define OVERTAKEN(l, a) (a <= peer [l].attempt || peer [l].closed)
#endif
#ifdef NO_EPOCH
#define MEANT(which) true
#else
#define MEANT(which) (which == 0 || which == epoch)
#endif
#ifdef ENDED_FORGOTTEN
#define HAS_ENDED(l) false
#else
#define HAS_ENDED(l) (remembered && SESSION (l) == 0)
#endif

inline take_hello (l, a)
{
    if
    :: !MEANT (n) -> send (l, a, REFUSED, 1, 0)
    :: MEANT (n) && HAS_ENDED (l) -> send (l, a, REFUSED, 0, 0)
    :: else ->
        if
        :: OVERTAKEN (l, a)
        :: else ->
            peer [l].attempt = a;
            peer [l].acked = 0;
            watched = watched || SESSION (l) == 0;
            entry ! OPEN, l, a, 0
        fi
    fi
}

inline take_request (l, a)
{
    if
    :: peer [l].attempt != a ->
        /* What the dead had sent comes before their EXPIRE. */
        assert (buried [l] != a);
        send (l, a, REFUSED, 0, 0)
    :: else ->
        /* A good link breaks no rule. */
        assert (ack < n && ack >= peer [l].acked && n - ack <= WINDOW);
        peer [l].acked = ack;
#ifdef REPLY_FIRST
        send (l, a, REPLY, n, 1);
#endif
        entry ! ASKED, l, n, ack
    fi
}

inline forget_peer (l)
{
    peer [l].attempt = 0;
    peer [l].acked = 0;
    peer [l].closed = false
}

/*  The session of link 0 has ended, or is to. */
inline end_session (dead)
{
    entry ! EXPIRE, 0, 0, 0;
    watched = false;
    remembered = true;
    for (i : 0 .. LAST_LINK) {
        if
        :: SESSION (i) == 0 ->
            buried [i] = (dead -> peer [i].attempt : 0);
            forget_peer (i)
        :: else
        fi
    }
}

inline take_close (l, a)
{
    if
    :: peer [l].attempt != a -> send (l, a, REFUSED, 0, 0)
    :: else ->
        if
        :: n == 1 -> end_session (false)
        :: else ->
            entry ! CLOSED, l, 0, 0;
            forget_peer (l);
#ifndef NO_CLOSED
            peer [l].closed = (a > 1)
#endif
        fi
    fi
}

/*  When it is not that of a living link any more, what is still on its way
    arrives, or does not from some place on. */
proctype connection (byte l; byte a)
{
end:
    do
    :: d_step {
        nfull (entry) && UP (l, a) ? [HELLO, _, _] ->
        UP (l, a) ? HELLO, n, _;
        take_hello (l, a)
    }
    :: d_step {
        nfull (entry) && UP (l, a) ? [REQUEST, _, _] ->
        UP (l, a) ? REQUEST, n, ack;
        take_request (l, a)
    }
    :: d_step {
        nfull (entry) && UP (l, a) ? [CLOSE, _, _] ->
        UP (l, a) ? CLOSE, n, _;
        take_close (l, a)
    }
    :: d_step {
        MAY_BREAK (l) && !judged && LIVES (l, a) ->
        breaks--;
        lose_connection (l); skip
    }
    :: d_step {
        !LIVES (l, a) && nempty (UP (l, a)) ->
        clear (UP (l, a)); skip
    }
    od
}

/*  The machine: lib/machine/machine.c and session.c */

inline forget_request (l, k)
{
    place [l].kept [k].number = 0;
    place [l].kept [k].state = ABSENT;
    place [l].kept [k].answer = 0
}

inline close_place (l)
{
    place [l].open = false;
    place [l].acked = 0;
    for (i : 0 .. WINDOW - 1) {
        forget_request (l, i)
    }
}

inline reply (l, k)
{
    send (l, peer [l].attempt, REPLY, place [l].kept [k].number,
          place [l].kept [k].answer)
}

inline take_ack (l)
{
    for (i : 0 .. WINDOW - 1) {
        if
        :: place [l].kept [i].state == DONE &&
           place [l].kept [i].number <= ack -> forget_request (l, i)
        :: else
        fi
    }
    place [l].acked = (ack > place [l].acked -> ack : place [l].acked)
}

inline run_request (l)
{
    /* At most once, and not after EXPIRE. */
    assert (APPLIED (l, n) == 0);
    assert (!expired [SESSION (l)]);
    assert (n - place [l].acked <= WINDOW);
    assert (place [l].kept [i].state == ABSENT);
    APPLIED (l, n)++;
    place [l].kept [i].number = n;
    place [l].kept [i].answer = APPLIED (l, n);
    place [l].kept [i].state = (PARKS (n) -> PARKED : DONE);
    if
    :: PARKS (n)
    :: else -> reply (l, i)
    fi
}

#ifdef NO_DEDUPE
#define ASKED_AGAIN(l) false
#else
#define ASKED_AGAIN(l)                                                        \
    (place [l].kept [i].state != ABSENT && place [l].kept [i].number == n)
#endif
#ifdef NO_KEPT_REPLY
#define ANSWERS_AGAIN(l) false
#else
#define ANSWERS_AGAIN(l) (place [l].kept [i].state == DONE)
#endif

inline apply_request (l)
{
    assert (place [l].open);
    take_ack (l);
    i = n % WINDOW;
    if
    :: ASKED_AGAIN (l) ->
        if
        :: ANSWERS_AGAIN (l) -> reply (l, i)
        :: else
        fi
    :: else ->
        if
        :: n > place [l].acked -> run_request (l)
        :: else
        fi
    fi
}

inline expire (session)
{
    expired [session] = true;
    for (j : 0 .. LAST_LINK) {
        if
        :: SESSION (j) == session -> close_place (j)
        :: else
        fi
    }
}

/*  Appends, welcomes, applies and replies: lib/owner/engine.c. */
inline commit ()
{
    for (j : 1 .. len (entry)) {
        entry ? sort, whose, n, ack;
        if
        :: sort == OPEN -> send (whose, n, WELCOME, epoch, 0)
        :: else
        fi;
        entry ! sort, whose, n, ack
    }
    do
    :: nempty (entry) ->
        entry ? sort, whose, n, ack;
        if
        :: sort == OPEN ->
            assert (!expired [SESSION (whose)]);
            place [whose].open = true
        :: sort == ASKED -> apply_request (whose)
        :: sort == CLOSED -> close_place (whose)
        :: sort == EXPIRE -> expire (whose)
        fi
    :: empty (entry) -> break
    od
}

/*  Nothing of the link is on its way to the owner. */
#define SILENT(l)                                                             \
    (empty (UP (l, 1)) && empty (UP (l, MIDDLE)) &&                           \
     empty (UP (l, CONNECTIONS)))

/*  What the dead client had sent by the connections that have said HELLO has
    arrived; of others the owner knows nothing. */
#ifdef EXPIRE_AT_ONCE
#define DRAINED true
#else
#define KNOWN_SILENT(l)                                                       \
    (peer [l].attempt == 0 || empty (UP (l, peer [l].attempt)))
#define DRAINED (KNOWN_SILENT (0) && KNOWN_SILENT (MATE))
#endif
#define MOURNS (watched && link [0].state == DEAD)

proctype owner ()
{
end:
    do
    :: d_step { nempty (entry) -> commit (); skip }
    :: d_step {
        MOURNS && nfull (entry) && DRAINED ->
        end_session (true); skip
    }
    od
}

/*  Sooner or later a parked request is answered: by others' or by time. */
proctype object (byte l; byte k)
{
end:
    do
    :: d_step {
        place [l].kept [k].state == PARKED ->
        place [l].kept [k].state = DONE;
        reply (l, k)
    }
    od
}

/*  Faults, and the end */

/*  It begins again with what its log has, or (FORGETS) as another one. */
inline lose_owner ()
{
    do
    :: nempty (entry) -> entry ? sort, _, _, _
    :: empty (entry) -> break
    od;
    for (j : 0 .. LAST_LINK) {
        forget_peer (j);
        lose_connection (j);
#ifdef FORGETS
        close_place (j)
#endif
    }
    for (j : 0 .. LINKS * CONNECTIONS - 1) {
        clear (up [j])
    }
    remembered = false;
    watched = place [0].open || place [MATE].open;
#ifdef FORGETS
    epoch++
#endif
}

proctype faults ()
{
end:
    do
    :: d_step {
        client_crashes > 0 && !judged ->
        client_crashes--;
        end_links (DEAD); skip
    }
    :: d_step {
        owner_crashes > 0 && !judged ->
        owner_crashes--;
        lose_owner (); skip
    }
    od
}

#define WAITS(l)                                                              \
    (place [l].kept [0].state == PARKED ||                                    \
     place [l].kept [WINDOW - 1].state == PARKED)
#define AT_REST(l)                                                            \
    (SILENT (l) && empty (down [l]) && !CAN_ASK (l) && !WAITS (l) &&          \
     (link [l].state != LIVING || link [l].connected))
#define CONTENT(l) (link [l].state != LIVING || link [l].acked == REQUESTS)

/*  When nothing can move any more but faults, every living link has all its
    replies. A run that stops without having come here is spin's "invalid end
    state". */
proctype judge ()
{
    d_step {
        AT_REST (0) && AT_REST (LAST_LINK) && empty (entry) && !MOURNS ->
        assert (CONTENT (0) && CONTENT (LAST_LINK));
        judged = true
    }
}

init
{
    atomic {
        for (i : 0 .. LAST_LINK) {
            run client (i);
            for (j : 1 .. CONNECTIONS) {
                run connection (i, j)
            }
            for (j : 0 .. WINDOW - 1) {
                run object (i, j)
            }
        }
        run owner ();
        run faults ();
        run judge ()
    }
}
