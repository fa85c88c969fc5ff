/*  weir.c - the weir command: serves an owner, lists and shows its objects

    SPDX-License-Identifier: MPL-2.0
*/

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <weir.h>

static const char usage [] =
    "usage: weir serve NAME         run an owner that programs open by NAME\n"
    "       weir list NAME          list the objects of a running owner\n"
    "       weir show NAME OBJECT   show one object of a running owner\n"
    "       weir --version\n"
    "       weir --help\n"
    "\n"
    "An owner serves until SIGINT, SIGTERM or SIGHUP. Sockets are in\n"
    "$WEIR_RUNTIME_DIR, else $XDG_RUNTIME_DIR/weir, else /tmp/weir-UID.\n";

static int fail (void)
{
    fprintf (stderr, "weir: %s\n", weir_error ());
    return EXIT_FAILURE;
}

static void tell_serving (const char *path)
{
    printf ("serving at %s\n", path);
    fflush (stdout);
}

static int serve (const char *name)
{
    sigset_t ends;
    sigemptyset (&ends);
    sigaddset (&ends, SIGINT);
    sigaddset (&ends, SIGTERM);
    sigaddset (&ends, SIGHUP);
    //  The signals are blocked before the first thread is made: every thread
    //  inherits the mask, so only the descriptor receives them.
    sigprocmask (SIG_BLOCK, &ends, NULL);
    //  The owner keeps running when no process reads its output.
    signal (SIGPIPE, SIG_IGN);
    int stop_fd = signalfd (-1, &ends, SFD_CLOEXEC);
    if (stop_fd < 0) {
        perror ("weir: signalfd");
        return EXIT_FAILURE;
    }
    return weir_owner_serve (name, stop_fd, tell_serving) == 0 ? EXIT_SUCCESS
                                                               : fail ();
}

//  Prints a name in quotes, escaped as in Python, so that a name cannot forge a
//  line or a column; `-` for an object without a name.
static void print_name (weir_value_t name)
{
    if (name.type == WEIR_NIL)
        putchar ('-');
    else
        weir_value_print (name, stdout);
}

//  Prints the kind, the id and the name of each object in aligned columns.
static void print_objects (weir_value_t objects)
{
    int width = 1;
    for (uint32_t i = 0; i < objects.size; i++) {
        long long id = objects.items [i].items [0].integer;
        int digits = snprintf (NULL, 0, "%lld", id);
        width = digits > width ? digits : width;
    }
    for (uint32_t i = 0; i < objects.size; i++) {
        const weir_value_t *object = objects.items [i].items;
        printf ("%-9s  %*lld  ", object [1].string, width,
                (long long) object [0].integer);
        print_name (object [2]);
        putchar ('\n');
    }
}

static int list (const char *name)
{
    weir_owner_t *owner = weir_owner_open (name);
    weir_value_t objects;
    if (!owner || weir_owner_objects (owner, &objects) != 0) {
        weir_owner_destroy (&owner);
        return fail ();
    }
    print_objects (objects);
    weir_value_clear (&objects);
    weir_owner_destroy (&owner);
    return EXIT_SUCCESS;
}

//  Prints the info of an object, one fact a line, in aligned columns.
static int print_info (void *object)
{
    weir_value_t info;
    if (weir_object_info (object, &info) != 0)
        return -1;
    int width = 0;
    for (uint32_t i = 0; i < info.size; i++)
        if ((int) info.items [2 * i].size > width)
            width = (int) info.items [2 * i].size;
    for (uint32_t i = 0; i < info.size; i++) {
        printf ("%-*s  ", width, info.items [2 * i].string);
        weir_value_print (info.items [2 * i + 1], stdout);
        putchar ('\n');
    }
    weir_value_clear (&info);
    return 0;
}

//  Defines show_KIND: opens the object with this name, prints it by `print`,
//  and destroys the handle. `class` names the handle's type: an rlock has a
//  lock's.
#define SHOW(kind, class, print)                                     \
    static int show_##kind (weir_owner_t *owner, const char *name)   \
    {                                                                \
        weir_##class##_t *object = weir_##kind##_open (owner, name); \
        int rc = object ? print : -1;                                \
        int result = rc == 0 ? EXIT_SUCCESS : fail ();               \
        weir_##class##_destroy (&object);                            \
        return result;                                               \
    }
#define SHOW_VALUE(kind) SHOW (kind, kind, weir_##kind##_print (object, stdout))
#define SHOW_INFO(kind, class) SHOW (kind, class, print_info (object))

SHOW_VALUE (array)
SHOW_VALUE (dict)
SHOW_VALUE (list)
SHOW_VALUE (namespace)
SHOW_VALUE (set)
SHOW_VALUE (var)
SHOW_INFO (barrier, barrier)
SHOW_INFO (condition, condition)
SHOW_INFO (event, event)
SHOW_INFO (lock, lock)
SHOW_INFO (queue, queue)
SHOW_INFO (rlock, lock)
SHOW_INFO (rwlock, rwlock)
SHOW_INFO (semaphore, semaphore)

static const struct {
    const char *kind;
    int (*show) (weir_owner_t *owner, const char *name);
} shows [] = {
    {"array", show_array},
    {"barrier", show_barrier},
    {"condition", show_condition},
    {"dict", show_dict},
    {"event", show_event},
    {"list", show_list},
    {"lock", show_lock},
    {"namespace", show_namespace},
    {"queue", show_queue},
    {"rlock", show_rlock},
    {"rwlock", show_rwlock},
    {"semaphore", show_semaphore},
    {"set", show_set},
    {"var", show_var},
};

//  Returns the kind of the object with this name; NULL when `objects` has no
//  such name. The string is borrowed from `objects`.
static const char *kind_of (weir_value_t objects, weir_value_t name)
{
    for (uint32_t i = 0; i < objects.size; i++)
        if (weir_value_equal (objects.items [i].items [2], name))
            return objects.items [i].items [1].string;
    return NULL;
}

//  Prints `weir: object 'NAME': ` and the cause to standard error.
static int fail_object (const char *name, const char *cause)
{
    fputs ("weir: object ", stderr);
    weir_value_print (weir_value_string (name), stderr);
    fprintf (stderr, ": %s\n", cause);
    return EXIT_FAILURE;
}

static int show_object (weir_owner_t *owner, const char *name)
{
    weir_value_t objects;
    if (weir_owner_objects (owner, &objects) != 0)
        return fail ();
    const char *kind = kind_of (objects, weir_value_string (name));
    size_t i = 0;
    const size_t count = sizeof shows / sizeof *shows;
    while (kind && i < count && strcmp (shows [i].kind, kind) != 0)
        i++;
    int result;
    if (!kind)
        result = fail_object (name, "the owner has no object with this name; "
                                    "weir list shows the names");
    else if (i == count)
        result = fail_object (name, "this version of weir does not know its "
                                    "kind; use the version of the owner");
    else
        result = shows [i].show (owner, name);
    weir_value_clear (&objects);
    return result;
}

static int show (const char *owner_name, const char *name)
{
    weir_owner_t *owner = weir_owner_open (owner_name);
    if (!owner)
        return fail ();
    int result = show_object (owner, name);
    weir_owner_destroy (&owner);
    return result;
}

//  Opens the standard descriptors that are closed. Otherwise a socket could get
//  the number of one, and the output would go into the socket.
static void open_standard (void)
{
    int fd;
    do
        fd = open ("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close (fd);
}

int main (int argc, char **argv)
{
    open_standard ();
    const char *command = argc > 1 ? argv [1] : "";
    if (strcmp (command, "serve") == 0 && argc == 3)
        return serve (argv [2]);
    if (strcmp (command, "list") == 0 && argc == 3)
        return list (argv [2]);
    if (strcmp (command, "show") == 0 && argc == 4)
        return show (argv [2], argv [3]);
    if (strcmp (command, "--version") == 0 && argc == 2) {
        printf ("weir %d.%d.%d\n", WEIR_VERSION_MAJOR, WEIR_VERSION_MINOR,
                WEIR_VERSION_PATCH);
        return EXIT_SUCCESS;
    }
    if (strcmp (command, "--help") == 0) {
        fputs (usage, stdout);
        return EXIT_SUCCESS;
    }
    fputs (usage, stderr);
    return 2;
}
