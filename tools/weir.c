/*  weir.c - the command: runs an owner as a daemon, and looks at owners

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
    "usage: weir serve NAME      run an owner that programs open by NAME\n"
    "       weir list NAME       list the objects of a running owner\n"
    "       weir show NAME NAME  print a dict, list or var of it\n"
    "       weir --version\n"
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
    //  Blocked before the first thread is made, so that all threads block
    //  them and the descriptor gets them.
    sigprocmask (SIG_BLOCK, &ends, NULL);
    //  The owner goes on when nobody reads what it prints.
    signal (SIGPIPE, SIG_IGN);
    int stop_fd = signalfd (-1, &ends, SFD_CLOEXEC);
    if (stop_fd < 0) {
        perror ("weir: signalfd");
        return EXIT_FAILURE;
    }
    return weir_owner_serve (name, stop_fd, tell_serving) == 0 ? EXIT_SUCCESS
                                                               : fail ();
}

static int list (const char *name)
{
    weir_owner_t *owner = weir_owner_open (name);
    weir_value_t objects;
    if (!owner || weir_owner_objects (owner, &objects) != 0) {
        weir_owner_destroy (&owner);
        return fail ();
    }
    for (uint32_t i = 0; i < objects.size; i++) {
        const weir_value_t *object = objects.items [i].items;
        printf ("%-6s %6lld  %s\n", object [1].string,
                (long long) object [0].integer,
                object [2].type == WEIR_STRING ? object [2].string : "-");
    }
    weir_value_clear (&objects);
    weir_owner_destroy (&owner);
    return EXIT_SUCCESS;
}

//  Prints the object, whichever of the kinds that can be printed it is.
static int show_object (weir_owner_t *owner, const char *name)
{
    weir_dict_t *dict = weir_dict_open (owner, name);
    weir_list_t *list = dict ? NULL : weir_list_open (owner, name);
    weir_var_t *var = dict || list ? NULL : weir_var_open (owner, name);
    int rc = -1;
    if (dict)
        rc = weir_dict_print (dict, stdout);
    else if (list)
        rc = weir_list_print (list, stdout);
    else if (var)
        rc = weir_var_print (var, stdout);
    int result = rc == 0 ? EXIT_SUCCESS : fail ();
    weir_dict_destroy (&dict);
    weir_list_destroy (&list);
    weir_var_destroy (&var);
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

//  Opens the standard descriptors that are closed, so that no socket gets the
//  number of one and what is printed goes into it.
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
