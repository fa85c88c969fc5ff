/*  box.c - the ends of a pipe while no process uses them

    The process lock is held from socket () to close (). Otherwise a child that
    is forked in between would keep copies of the descriptors, and a link would
    not hang up as long as the child has them.

    SPDX-License-Identifier: MPL-2.0
*/

#include "pipe/box.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fork.h"
#include "carrier/folder.h"

//  A box contains a message of one byte, the sum of these, and up to four
//  descriptors: link and door of the receiving side, then those of the sending
//  side.
enum { RECEIVES = 1, SENDS = 2, FDS_MAX = 4 };

enum { SOCKET_FLAGS = SOCK_CLOEXEC | SOCK_NONBLOCK, BACKLOG = 8 };

typedef union control {
    char room [CMSG_SPACE (FDS_MAX * sizeof (int))];
    struct cmsghdr align;
} control_t;

static void close_side (weir__side_t *side, void (*close_fd) (int))
{
    if (side->link >= 0)
        close_fd (side->link);
    if (side->door >= 0)
        close_fd (side->door);
    *side = WEIR__SIDE_INIT;
}

//  Closes the descriptors of an end. errno stays.
static void close_end (weir__sides_t *end, void (*close_fd) (int))
{
    int error = errno;
    close_side (&end->receiving, close_fd);
    close_side (&end->sending, close_fd);
    errno = error;
}

static void just_close (int fd)
{
    close (fd);
}

static int fail_to_make (int error)
{
    if (error == ETOOMANYREFS)
        return weir__fail (EMFILE,
                           "pipe: cannot make it: too many pipes of this user "
                           "have unused ends; use or destroy some, or raise "
                           "the limit of open files (ulimit -n)");
    return weir__fail (error, "pipe: cannot make it: %s", strerror (error));
}

//  ---------------------------------------------------------------------------
//  Making ends

//  Makes a door: a listening socket for the receiving side, and for the sending
//  side a descriptor of the socket's file. By that descriptor the sender can
//  connect even after the file was removed. Returns 0, or -1 with errno.
static int make_door (const char *folder, char name, weir__side_t *receiving,
                      weir__side_t *sending)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int size = snprintf (address.sun_path, sizeof address.sun_path, "%s/%c",
                         folder, name);
    assert (size < (int) sizeof address.sun_path); //  see weir__runtime_path
    (void) size;
    receiving->door = socket (AF_UNIX, SOCK_STREAM | SOCKET_FLAGS, 0);
    if (receiving->door < 0 ||
        bind (receiving->door, (struct sockaddr *) &address, sizeof address) ||
        listen (receiving->door, BACKLOG) != 0)
        return -1;
    sending->door = open (address.sun_path, O_PATH | O_CLOEXEC | O_NOFOLLOW);
    return sending->door < 0 ? -1 : 0;
}

//  Makes a channel. Without a folder, the channel has no doors. Returns 0, or
//  -1 with errno.
static int make_channel (const char *folder, char name, weir__side_t *receiving,
                         weir__side_t *sending)
{
    int links [2];
    if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCKET_FLAGS, 0, links) != 0)
        return -1;
    receiving->link = links [0];
    sending->link = links [1];
    return folder ? make_door (folder, name, receiving, sending) : 0;
}

//  Makes both ends. Returns 0, or -1 with errno.
static int make_ends (const char *folder, bool duplex, weir__sides_t ends [2])
{
    ends [0] = ends [1] = WEIR__SIDES_INIT;
    int result =
        make_channel (folder, 'a', &ends [0].receiving, &ends [1].sending);
    if (result == 0 && duplex)
        result =
            make_channel (folder, 'b', &ends [1].receiving, &ends [0].sending);
    if (result == 0)
        return 0;
    close_end (&ends [0], just_close);
    close_end (&ends [1], just_close);
    return -1;
}

//  ---------------------------------------------------------------------------
//  Boxes

//  Puts an end into a box. A message that is sent to one box lies in the other,
//  so the caller passes the other one. Returns 0, or -1 with errno.
static int put_end (int other_box, const weir__sides_t *end)
{
    char content = 0;
    int fds [FDS_MAX];
    size_t count = 0;
    if (end->receiving.link >= 0) {
        content |= RECEIVES;
        fds [count++] = end->receiving.link;
        fds [count++] = end->receiving.door;
    }
    if (end->sending.link >= 0) {
        content |= SENDS;
        fds [count++] = end->sending.link;
        fds [count++] = end->sending.door;
    }
    control_t control;
    memset (&control, 0, sizeof control);
    struct iovec bytes = {&content, 1};
    struct msghdr message = {.msg_iov = &bytes,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen =
                                 CMSG_SPACE (count * sizeof (int))};
    struct cmsghdr *head = CMSG_FIRSTHDR (&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN (count * sizeof (int));
    memcpy (CMSG_DATA (head), fds, count * sizeof (int));
    return sendmsg (other_box, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

//  Makes both boxes, each with its end in it. Returns 0, or -1 with errno.
static int make_boxes (const char *folder, bool duplex, int boxes [2])
{
    weir__sides_t ends [2];
    if (make_ends (folder, duplex, ends) != 0)
        return -1;
    int result = socketpair (AF_UNIX, SOCK_SEQPACKET | SOCKET_FLAGS, 0, boxes);
    if (result == 0 && (put_end (boxes [1], &ends [0]) != 0 ||
                        put_end (boxes [0], &ends [1]) != 0)) {
        int error = errno;
        close (boxes [0]);
        close (boxes [1]);
        errno = error;
        result = -1;
    }
    close_end (&ends [0], just_close);
    close_end (&ends [1], just_close);
    return result;
}

//  Makes forked children close the connections that libzmq makes. One side of
//  each has the path of the door, by which the child finds it.
static int close_in_children (const char *folder)
{
    char prefix [WEIR__PATH_SIZE + 8];
    snprintf (prefix, sizeof prefix, "%.*s/pipe-",
              (int) (strrchr (folder, '/') - folder), folder);
    return weir__fork_close_paths (prefix);
}

int weir__boxes_make (bool duplex, int ret_boxes [2])
{
    weir__folder_t folder;
    if (weir__folder_make (NULL, "pipe", &folder) != 0)
        return -1;
    int boxes [2], result = close_in_children (folder.path);
    if (result == 0) {
        weir__process_lock ();
        result = make_boxes (folder.path, duplex, boxes);
        int error = errno;
        weir__process_unlock ();
        if (result != 0)
            fail_to_make (error);
    }
    int error = errno;
    weir__folder_remove (&folder);
    errno = error;
    if (result == 0)
        memcpy (ret_boxes, boxes, sizeof boxes);
    return result;
}

//  Copies the end out of the box, with new descriptors for this process. The
//  message remains in the box. Returns 0, or -1 with EAGAIN (the box is empty)
//  or EMFILE.
static int look_into (int box, weir__sides_t *end)
{
    char content = 0;
    control_t control;
    struct iovec bytes = {&content, 1};
    struct msghdr message = {.msg_iov = &bytes,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t size;
    do //  ECONNRESET: the other box was closed with its end still in it
        size = recvmsg (box, &message, MSG_PEEK | MSG_CMSG_CLOEXEC);
    while (size == -1 && errno == ECONNRESET);
    int fds [FDS_MAX], *next = fds;
    memset (fds, -1, sizeof fds);
    struct cmsghdr *head = size == 1 ? CMSG_FIRSTHDR (&message) : NULL;
    if (head)
        memcpy (fds, CMSG_DATA (head), head->cmsg_len - CMSG_LEN (0));
    *end = WEIR__SIDES_INIT;
    if (content & RECEIVES) {
        end->receiving = (weir__side_t){next [0], next [1]};
        next += 2;
    }
    if (content & SENDS)
        end->sending = (weir__side_t){next [0], next [1]};
    if (size == 1 && !(message.msg_flags & MSG_CTRUNC))
        return 0;
    close_end (end, just_close);
    errno = size == 1 ? EMFILE : EAGAIN;
    return -1;
}

//  Makes forked children close the descriptors of an end. The caller holds the
//  process lock. Returns 0, or -1 with errno.
static int keep_from_children (const weir__sides_t *end)
{
    const int fds [FDS_MAX] = {end->receiving.link, end->receiving.door,
                               end->sending.link, end->sending.door};
    for (int i = 0; i < FDS_MAX; i++)
        if (fds [i] >= 0 && weir__fork_close_locked (fds [i]) != 0)
            return -1;
    return 0;
}

int weir__box_open (int box, weir__sides_t *ret_end)
{
    weir__sides_t end;
    char content;
    weir__process_lock ();
    errno = EAGAIN;
    int result = box < 0 ? -1 : look_into (box, &end);
    bool looked = result == 0;
    if (looked)
        result = keep_from_children (&end);
    //  Removes the message. Another process may have been faster.
    if (result == 0 && recv (box, &content, 1, 0) != 1) {
        errno = EAGAIN;
        result = -1;
    }
    int error = errno;
    weir__process_unlock ();
    if (result == 0) {
        *ret_end = end;
        return 0;
    }
    if (looked)
        close_end (&end, weir__close);
    if (error == EAGAIN)
        return weir__fail (
            EBUSY, "pipe: another process has this end, as the first that used "
                   "it; use the other end, or make more pipes");
    return weir__fail (error, "pipe: cannot use this end: %s",
                       strerror (error));
}

int weir__box_check (int box, weir__identity_t identity)
{
    if (box < 0 || weir__is_identical (box, identity))
        return 0;
    return weir__fail (EBADF, "this end of the pipe is lost: its descriptor, "
                              "which Weir had opened, was closed in this "
                              "process, as by closefrom (3); use the end "
                              "before");
}

void weir__box_close (int *box, weir__identity_t identity)
{
    if (*box >= 0 && weir__is_identical (*box, identity))
        close (*box);
    *box = -1;
}

//  ---------------------------------------------------------------------------
//  Ends in use

int weir__sides_make (bool duplex, weir__sides_t ret_ends [2])
{
    weir__sides_t ends [2];
    weir__process_lock ();
    int result = make_ends (NULL, duplex, ends);
    bool made = result == 0;
    if (made && (keep_from_children (&ends [0]) != 0 ||
                 keep_from_children (&ends [1]) != 0))
        result = -1;
    int error = errno;
    weir__process_unlock ();
    if (result == 0) {
        memcpy (ret_ends, ends, sizeof ends);
        return 0;
    }
    if (made) {
        close_end (&ends [0], weir__close);
        close_end (&ends [1], weir__close);
    }
    return fail_to_make (error);
}

void weir__side_close (weir__side_t *side)
{
    close_side (side, weir__close);
}

void weir__sides_hang_up (const weir__sides_t *sides)
{
    if (sides->receiving.link >= 0)
        shutdown (sides->receiving.link, SHUT_RDWR);
    if (sides->sending.link >= 0)
        shutdown (sides->sending.link, SHUT_WR);
}
