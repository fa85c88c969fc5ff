/*  hostile.c - an owner, its user, and attackers

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/hostile.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "base/clock.h"
#include "codec/status.h"
#include "kit/support.h"
#include "weir.h"

enum { ATTACKERS = 16, LOG_SIZE = 1 << 20, ATTACK_MS = 2 * PATIENCE_MS };

static weir_owner_t *owner;
static weir_dict_t *dict;
static int log_fd;
static long rss_kib; //  of the owner, at its start
static char socket_path [108];
static pid_t attackers [ATTACKERS];
static unsigned attacker_count;
static int64_t uses;
static uint64_t longest_us;
static void *context; //  of an attacker

static char *read_log (void)
{
    static char text [LOG_SIZE];
    ssize_t size = pread (log_fd, text, sizeof text - 1, 0);
    text [size > 0 ? size : 0] = '\0';
    return text;
}

static long read_rss (void)
{
    char path [64], line [256];
    long kib = 0;
    snprintf (path, sizeof path, "/proc/%d/status",
              (int) weir_owner_pid (owner));
    FILE *file = fopen (path, "r");
    ck_assert_ptr_nonnull (file);
    while (fgets (line, sizeof line, file))
        if (sscanf (line, "VmRSS: %ld", &kib) == 1)
            break;
    fclose (file);
    return kib;
}

void hostile_begin (void)
{
    log_fd = memfd_create ("stderr", MFD_CLOEXEC);
    int saved = dup (STDERR_FILENO);
    dup2 (log_fd, STDERR_FILENO);
    owner = weir_owner_new (NULL);
    dup2 (saved, STDERR_FILENO);
    close (saved);
    ck_assert_msg (owner != NULL, "%s", weir_error ());
    snprintf (socket_path, sizeof socket_path, "%s/%s/zmq",
              test_runtime_directory (), weir_owner_name (owner));
    dict = weir_dict_new (owner, "normal");
    ck_assert_ptr_nonnull (dict);
    hostile_use ();
    rss_kib = read_rss ();
}

void hostile_end (void)
{
    const char *text = read_log ();
    if (getenv ("WEIR_TEST_VERBOSE"))
        fprintf (stderr, "worst wait %d ms of %d uses, %ld KiB more\n%.2000s",
                 (int) (longest_us / 1000), (int) uses, read_rss () - rss_kib,
                 text);
    weir_dict_destroy (&dict);
    weir_owner_destroy (&owner);
    text = read_log ();
    ck_assert_msg (!strstr (text, "Sanitizer") &&
                       !strstr (text, "runtime error"),
                   "%s", text);
    close (log_fd);
}

void hostile_attack (void (*attack) (void))
{
    ck_assert_uint_lt (attacker_count, ATTACKERS);
    pid_t pid = fork ();
    if (pid == 0) {
        attack ();
        //  Sent frames go out before the socket closes.
        if (context)
            zmq_ctx_term (context);
        _exit (0);
    }
    ck_assert_int_gt (pid, 0);
    attackers [attacker_count++] = pid;
}

void hostile_use (void)
{
    //  This uses no ck_assert: Check remembers each of them, and there are
    //  many.
    uint64_t before_us = weir__now_us ();
    int64_t count = -1;
    if (weir_dict_add (dict, "uses", 1, NULL) != 0 ||
        weir_dict_get_int (dict, "uses", &count) != 0)
        ck_abort_msg ("%s", weir_error ());
    uint64_t took_us = weir__now_us () - before_us;
    if (count != ++uses || took_us >= PATIENCE_MS * 1000)
        ck_abort_msg ("use %d gave %d after %d ms", (int) uses, (int) count,
                      (int) (took_us / 1000));
    if (took_us > longest_us)
        longest_us = took_us;
}

void hostile_use_large (size_t size)
{
    uint8_t *bytes = calloc (1, size);
    ck_assert_ptr_nonnull (bytes);
    int rc = weir_dict_set (dict, "large", weir_value_bytes (bytes, size));
    ck_assert_msg (rc == 0, "%s", weir_error ());
    free (bytes);
}

//  Returns whether an attacker is still at work.
static bool are_attacking (void)
{
    for (unsigned i = 0; i < attacker_count; i++) {
        int status;
        if (waitpid (attackers [i], &status, WNOHANG) == 0)
            return true;
        ck_assert_msg (status == 0, "an attacker ended with %d", status);
        attackers [i--] = attackers [--attacker_count];
    }
    return false;
}

void hostile_endure_until (const char *logged)
{
    uint64_t until_us = weir__deadline_us (weir__now_us (), ATTACK_MS);
    while (!strstr (read_log (), logged)) {
        if (weir__now_us () >= until_us)
            ck_abort_msg ("not logged: %s\n%s", logged, read_log ());
        hostile_use ();
    }
}

void hostile_endure (const char *logged)
{
    while (are_attacking ())
        hostile_use ();
    if (logged)
        hostile_endure_until (logged);
    hostile_use ();
}

void hostile_check_memory (long mebibytes)
{
#if TEST_WITH_ASAN || TEST_WITH_TSAN
    (void) mebibytes;
#else
    long grown_kib = read_rss () - rss_kib;
    ck_assert_msg (grown_kib <= mebibytes * 1024, "the owner has %ld KiB more",
                   grown_kib);
#endif
}

//  For attackers

static void set_option (void *dealer, int option, int value)
{
    test_must (zmq_setsockopt (dealer, option, &value, sizeof value) == 0);
}

void *hostile_dealer (const char *routing_id)
{
    char endpoint [128];
    if (!context) {
        context = zmq_ctx_new ();
        zmq_ctx_set (context, ZMQ_MAX_SOCKETS, 2000);
    }
    void *dealer = zmq_socket (context, ZMQ_DEALER);
    test_must (dealer != NULL);
    if (routing_id)
        test_must (zmq_setsockopt (dealer, ZMQ_ROUTING_ID, routing_id,
                                   strlen (routing_id)) == 0);
    set_option (dealer, ZMQ_SNDTIMEO, ATTACK_MS);
    set_option (dealer, ZMQ_RCVTIMEO, ATTACK_MS);
    set_option (dealer, ZMQ_LINGER, ATTACK_MS);
    snprintf (endpoint, sizeof endpoint, "ipc://%s", socket_path);
    test_must (zmq_connect (dealer, endpoint) == 0);
    return dealer;
}

void hostile_close (void *dealer)
{
    zmq_close (dealer);
}

void hostile_send (void *dealer, weir__frame_type_t type, uint64_t number,
                   const weir__buffer_t *body)
{
    uint8_t bytes [1024];
    weir__frame_t frame = {type, false, number, NULL, body ? body->size : 0};
    test_must (frame.size + WEIR__FRAME_HEAD_BYTES <= sizeof bytes);
    weir__frame_head (bytes, &frame);
    if (frame.size)
        memcpy (bytes + WEIR__FRAME_HEAD_BYTES, body->data, frame.size);
    test_must (
        zmq_send (dealer, bytes, WEIR__FRAME_HEAD_BYTES + frame.size, 0) >= 0);
}

void hostile_hello (void *dealer, uint64_t session, uint32_t link)
{
    weir__buffer_t body = WEIR__BUFFER_INIT;
    weir__hello_put (&body, &(weir__hello_t){
                                .session = session,
                                .link = link,
                                .attempt = 1,
                            });
    hostile_send (dealer, WEIR__HELLO, 0, &body);
    weir__buffer_free (&body);
}

weir__buffer_t hostile_body (uint64_t object, unsigned op, unsigned argc)
{
    weir__buffer_t body = WEIR__BUFFER_INIT;
    weir__request_body_put (&body, &(weir__request_body_t){
                                       .object = object,
                                       .op = (uint16_t) op,
                                       .argc = (uint16_t) argc,
                                   });
    return body;
}

weir__frame_t hostile_await (void *dealer, weir__frame_type_t type)
{
    static uint8_t bytes [WEIR__FRAME_BYTES];
    weir__frame_t frame;
    do {
        int size = zmq_recv (dealer, bytes, sizeof bytes, 0);
        test_must (size >= 0);
        test_must (weir__frame_read (bytes, (size_t) size, &frame) == NULL);
    } while (frame.type != type);
    return frame;
}

int hostile_status (const weir__frame_t *frame)
{
    weir__reader_t reader = weir__reader (frame->body, frame->size);
    return weir__status_error (weir__reader_u16 (&reader));
}

int hostile_connect (void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf (address.sun_path, sizeof address.sun_path, "%s", socket_path);
    int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    test_must (fd >= 0);
    test_must (connect (fd, (struct sockaddr *) &address, sizeof address) == 0);
    return fd;
}

void hostile_write (int fd, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    while (size > 0) {
        ssize_t written = send (fd, bytes, size, MSG_NOSIGNAL);
        if (written <= 0)
            return;
        bytes += written;
        size -= (size_t) written;
    }
}

bool hostile_is_closed (int fd)
{
    char bytes [4096];
    struct pollfd in = {.fd = fd, .events = POLLIN};
    while (poll (&in, 1, ATTACK_MS) == 1)
        if (recv (fd, bytes, sizeof bytes, 0) <= 0)
            return true;
    return false;
}

static void read_exactly (int fd, size_t size)
{
    char byte;
    for (size_t i = 0; i < size; i++)
        test_must (recv (fd, &byte, 1, 0) == 1);
}

int hostile_zmtp (int version)
{
    //  ZMTP 3: signature, version, mechanism, no server; then the command
    //  READY. ZMTP 2: signature, revision, socket type; an empty identity.
    static const uint8_t three [64] = {0xff, 0,    0, 0, 0,   0,   0,   0,
                                       1,    0x7f, 3, 0, 'N', 'U', 'L', 'L'};
    static const uint8_t ready [] = "\4\34\5READY\13Socket-Type\0\0\0\6DEALER";
    static const uint8_t two [] = {0xff, 0, 0,    0, 0, 0, 0,
                                   0,    1, 0x7f, 1, 5, 0, 0};
    int fd = hostile_connect ();
    if (version == 2) {
        hostile_write (fd, two, sizeof two);
        return fd;
    }
    hostile_write (fd, three, sizeof three);
    read_exactly (fd, sizeof three);
    hostile_write (fd, ready, sizeof ready - 1);
    return fd;
}
