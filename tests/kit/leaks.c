/*  leaks.c - the resources of a process, before and after

    libzmq's contexts live until exit. One with running threads has a reaper and
    some I/O threads ("ZMQbg/Reaper", "ZMQbg/IO/0"). It holds an eventfd for
    each of them and one for itself, and an epoll descriptor for each thread.
    Exactly these are allowed to be new.

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/leaks.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LOOKS = 5000, BETWEEN_LOOKS_NS = 2000000 };

static void say (char *report, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));

static void say (char *report, const char *format, ...)
{
    size_t size = strlen (report);
    va_list args;
    va_start (args, format);
    vsnprintf (report + size, LEAKS_REPORT_SIZE - size, format, args);
    va_end (args);
}

static void add (leaks_set_t *set, int number, const char *name)
{
    if (set->count == LEAKS_MAX)
        return;
    leaks_item_t *item = &set->items [set->count++];
    item->number = number;
    snprintf (item->name, sizeof item->name, "%s", name);
}

static void look_at_descriptors (leaks_set_t *set)
{
    set->count = 0;
    DIR *directory = opendir ("/proc/self/fd");
    struct dirent *entry;
    while (directory && (entry = readdir (directory)) != NULL) {
        char name [LEAKS_NAME_SIZE];
        ssize_t size = readlinkat (dirfd (directory), entry->d_name, name,
                                   sizeof name - 1);
        int number = atoi (entry->d_name);
        if (size < 0 || number == dirfd (directory))
            continue;
        name [size] = '\0';
        if (strstr (name, "/check_") && strstr (name, " (deleted)"))
            continue; //  Check's own: with CK_FORK=no it comes and goes
        add (set, number, name);
    }
    if (directory)
        closedir (directory);
}

//  Reads the first line of a small file below /proc.
static bool read_line (const char *path, char *line, size_t size)
{
    FILE *file = fopen (path, "re");
    bool done = file && fgets (line, (int) size, file);
    if (file)
        fclose (file);
    if (done)
        line [strcspn (line, "\n")] = '\0';
    return done;
}

static void look_at_threads (leaks_set_t *set)
{
    set->count = 0;
    DIR *directory = opendir ("/proc/self/task");
    struct dirent *entry;
    while (directory && (entry = readdir (directory)) != NULL) {
        char path [300], name [LEAKS_NAME_SIZE];
        snprintf (path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
        if (read_line (path, name, sizeof name))
            add (set, atoi (entry->d_name), name);
    }
    if (directory)
        closedir (directory);
}

static bool has_children (void)
{
    siginfo_t info;
    return waitid (P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 ||
           errno != ECHILD;
}

//  Check gives every forked test a process group of its own. All other
//  processes in the group are descendants of ours, also orphans.
static bool look_at_group (char *report)
{
    bool alone = true;
    DIR *directory = opendir ("/proc");
    struct dirent *entry;
    while (directory && (entry = readdir (directory)) != NULL) {
        char path [300], line [512], state;
        int group;
        if (!isdigit ((unsigned char) entry->d_name [0]) ||
            atoi (entry->d_name) == getpid ())
            continue;
        snprintf (path, sizeof path, "/proc/%s/stat", entry->d_name);
        if (!read_line (path, line, sizeof line) || !strrchr (line, ')'))
            continue;
        if (sscanf (strrchr (line, ')') + 1, " %c %*d %d", &state, &group) ==
                2 &&
            group == getpgrp () && state != 'Z' && state != 'X') {
            say (report, "  process %s: %.60s\n", entry->d_name, line);
            alone = false;
        }
    }
    if (directory)
        closedir (directory);
    return alone;
}

void leaks_look (leaks_t *self)
{
    look_at_descriptors (&self->descriptors);
    look_at_threads (&self->threads);
    self->has_children = has_children ();
    char report [LEAKS_REPORT_SIZE] = "";
    self->alone = look_at_group (report);
}

static bool has (const leaks_set_t *set, const leaks_item_t *wanted)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->items [i].number == wanted->number &&
            strcmp (set->items [i].name, wanted->name) == 0)
            return true;
    return false;
}

//  Counts new entries whose name begins so.
static size_t count_new (const leaks_set_t *before, const leaks_set_t *now,
                         const char *prefix)
{
    size_t count = 0;
    for (size_t i = 0; i < now->count; i++)
        count += strncmp (now->items [i].name, prefix, strlen (prefix)) == 0 &&
                 !has (before, &now->items [i]);
    return count;
}

static void compare_threads (const leaks_t *before, const leaks_t *now,
                             char *report)
{
    //  The first thread has the name of the program and may change it.
    for (size_t i = 0; i < now->threads.count; i++) {
        const leaks_item_t *item = &now->threads.items [i];
        if (!has (&before->threads, item) && item->number != getpid () &&
            strncmp (item->name, "ZMQbg/", 6) != 0)
            say (report, "  thread %d (%s)\n", item->number, item->name);
    }
}

static void compare_descriptors (const leaks_t *before, const leaks_t *now,
                                 char *report)
{
    const leaks_set_t *then = &before->descriptors;
    size_t reapers =
        count_new (&before->threads, &now->threads, "ZMQbg/Reaper");
    size_t loops = count_new (&before->threads, &now->threads, "ZMQbg/IO/");
    size_t eventfds =
        count_new (then, &now->descriptors, "anon_inode:[eventfd]");
    size_t epolls =
        count_new (then, &now->descriptors, "anon_inode:[eventpoll]");
    bool contexts =
        eventfds == 2 * reapers + loops && epolls == reapers + loops;
    for (size_t i = 0; i < now->descriptors.count; i++) {
        const leaks_item_t *item = &now->descriptors.items [i];
        bool of_context = strcmp (item->name, "anon_inode:[eventfd]") == 0 ||
                          strcmp (item->name, "anon_inode:[eventpoll]") == 0;
        if (!has (then, item) && !(contexts && of_context))
            say (report, "  descriptor %d (%s)\n", item->number, item->name);
    }
    for (size_t i = 0; i < then->count; i++)
        if (!has (&now->descriptors, &then->items [i]))
            say (report, "  descriptor %d (%s) was not left open\n",
                 then->items [i].number, then->items [i].name);
}

static void look_for_files (const char *path, char *report)
{
    DIR *directory = opendir (path);
    struct dirent *entry;
    if (!directory)
        say (report, "  no directory %s\n", path);
    while (directory && (entry = readdir (directory)) != NULL)
        if (strcmp (entry->d_name, ".") != 0 &&
            strcmp (entry->d_name, "..") != 0)
            say (report, "  file %s/%.200s\n", path, entry->d_name);
    if (directory)
        closedir (directory);
}

bool leaks_compare (const leaks_t *before, const char *directory,
                    char report [LEAKS_REPORT_SIZE])
{
    static leaks_t now;
    leaks_look (&now);
    report [0] = '\0';
    compare_threads (before, &now, report);
    compare_descriptors (before, &now, report);
    if (now.has_children && !before->has_children)
        say (report, "  a child that was not waited for\n");
    if (before->alone)
        look_at_group (report);
    if (directory)
        look_for_files (directory, report);
    return report [0] == '\0';
}

bool leaks_wait (const leaks_t *before, const char *directory,
                 char report [LEAKS_REPORT_SIZE])
{
    for (int look = 0; look < LOOKS; look++) {
        if (leaks_compare (before, directory, report))
            return true;
        struct timespec pause = {.tv_nsec = BETWEEN_LOOKS_NS};
        nanosleep (&pause, NULL);
    }
    return false;
}
