/*  host.c - where an owner runs: a thread, a child process, or this thread

    An owner ends when its control pipe hangs up: when its host closes the
    other end, or when the process that has it dies. What it has to say about
    its start it writes into a report pipe.

    SPDX-License-Identifier: MPL-2.0
*/

#include "owner/host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/atend.h"
#include "base/error.h"
#include "base/fork.h"
#include "carrier/runtime.h"
#include "machine/hash.h"
#include "owner/loop.h"
#include "weir/error.h"

enum {
    //  An owner that does not end by itself in that time is killed.
    STOP_MS = 5000
};

//  What an owner says when it has started, or not.
typedef struct report {
    int error;
    char path [WEIR__PATH_SIZE];
    char sentence [512];
} report_t;

struct weir__host {
    char path [WEIR__PATH_SIZE];
    uint64_t generation;
    int control_fd; //  our end; closing it stops the owner
    pid_t pid;      //  of the child process; 0: a thread
    pthread_t thread;
    bool running;              //  there is a thread or process to wait for
    weir__host_t *prev, *next; //  among this process's hosts
};

//  All hosts of this process and, after a fork, of its parent; guarded by the
//  process lock.
static weir__host_t *hosts;

static int serve (const char *name, int stop_fd,
                  void (*report) (void *context, const char *path),
                  void *context)
{
    weir__folder_t folder;
    if (weir__folder_make (name, "owner", &folder) != 0)
        return -1;
    weir__loop_t *loop = weir__loop_new (&folder);
    int rc = loop ? 0 : -1;
    if (loop) {
        report (context, folder.path);
        rc = weir__loop_run (loop, stop_fd);
    }
    int error = errno;
    weir__loop_destroy (&loop);
    weir__folder_remove (&folder);
    errno = error;
    return rc;
}

//  Serves, and reports into a pipe once how the start went.
typedef struct task {
    char *name;     //  NULL: none
    int control_fd; //  the owner's end
    int report_fd;  //  -1: reported
} task_t;

static void write_report (task_t *task, const report_t *report)
{
    if (task->report_fd < 0)
        return;
    //  Smaller than PIPE_BUF: all of it or nothing.
    ssize_t size = write (task->report_fd, report, sizeof *report);
    (void) size;
    close (task->report_fd);
    task->report_fd = -1;
}

static void report_success (void *context, const char *path)
{
    report_t report = {0};
    strcpy (report.path, path);
    write_report (context, &report);
}

static void run_task (task_t *task)
{
    if (serve (task->name, task->control_fd, report_success, task) != 0) {
        report_t report = {.error = errno};
        snprintf (report.sentence, sizeof report.sentence, "%s", weir_error ());
        if (task->report_fd < 0)
            fprintf (stderr, "weir: %s\n", report.sentence);
        write_report (task, &report);
    }
}

static void free_task (task_t *task)
{
    close (task->control_fd);
    if (task->report_fd >= 0)
        close (task->report_fd);
    free (task->name);
    free (task);
}

static void close_all_but (const task_t *task)
{
    DIR *directory = opendir ("/proc/self/fd");
    struct dirent *entry;
    while (directory && (entry = readdir (directory)) != NULL) {
        int fd = atoi (entry->d_name);
        if (fd > STDERR_FILENO && fd != dirfd (directory) &&
            fd != task->control_fd && fd != task->report_fd)
            close (fd);
    }
    if (directory)
        closedir (directory);
}

//  A child process keeps nothing of its parent's but its standard error.
static void leave_parent (const task_t *task)
{
    for (int number = 1; number < NSIG; number++)
        signal (number, SIG_DFL);
    //  A Ctrl-C at the terminal is for the program, which ends us.
    signal (SIGINT, SIG_IGN);
    signal (SIGQUIT, SIG_IGN);
    signal (SIGHUP, SIG_IGN);
    signal (SIGPIPE, SIG_IGN);
    sigset_t none;
    sigemptyset (&none);
    sigprocmask (SIG_SETMASK, &none, NULL);
    prctl (PR_SET_NAME, "weir-owner");

    close_all_but (task);
    int null = open ("/dev/null", O_RDWR);
    if (null >= 0) {
        dup2 (null, STDIN_FILENO);
        dup2 (null, STDOUT_FILENO);
        if (null > STDERR_FILENO)
            close (null);
    }
    //  One descriptor for each link, one for each process.
    struct rlimit files;
    if (getrlimit (RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit (RLIMIT_NOFILE, &files);
    }
}

static int start_process (weir__host_t *self, task_t *task)
{
    self->pid = fork ();
    if (self->pid < 0)
        return weir__fail (errno, "cannot fork an owner: %s", strerror (errno));
    if (self->pid == 0) {
        leave_parent (task);
        run_task (task);
        _exit (0);
    }
    self->running = true;
    free_task (task);
    return 0;
}

static void *thread_main (void *arg)
{
    task_t *task = arg;
    pthread_setname_np (pthread_self (), "weir-owner");
    run_task (task);
    free_task (task);
    return NULL;
}

static int start_thread (weir__host_t *self, task_t *task)
{
    //  Signals are for the application's own threads.
    sigset_t all, before;
    sigfillset (&all);
    pthread_sigmask (SIG_SETMASK, &all, &before);
    int error = pthread_create (&self->thread, NULL, thread_main, task);
    pthread_sigmask (SIG_SETMASK, &before, NULL);
    if (error)
        return weir__fail (error, "cannot start an owner's thread: %s",
                           strerror (error));
    self->running = true;
    return 0;
}

//  Reads the report. The pipe ends without one when the owner died.
static int read_report (int fd, weir__host_t *self)
{
    report_t report;
    ssize_t size;
    do
        size = read (fd, &report, sizeof report);
    while (size == -1 && errno == EINTR);
    if (size != sizeof report)
        return weir__fail (EOWNERDEAD, "the owner died while it started");
    if (report.error)
        return weir__fail (report.error, "%s", report.sentence);
    memcpy (self->path, report.path, sizeof self->path);
    return 0;
}

static void wait_for_end (weir__host_t *self)
{
    if (self->pid == 0) {
        pthread_join (self->thread, NULL);
        return;
    }
    struct pollfd end = {.fd = pidfd_open (self->pid, 0), .events = POLLIN};
    int rc = end.fd < 0;
    while (end.fd >= 0 && (rc = poll (&end, 1, STOP_MS)) == -1)
        ;
    if (rc == 0)
        kill (self->pid, SIGKILL); //  our child, not yet waited for
    if (end.fd >= 0)
        close (end.fd);
    while (waitpid (self->pid, NULL, 0) == -1 && errno == EINTR)
        ;
}

void weir__host_stop (weir__host_t **self_p)
{
    weir__host_t *self = *self_p;
    if (!self)
        return;
    *self_p = NULL;
    int error = errno;
    weir__process_lock ();
    DL_DELETE (hosts, self);
    weir__process_unlock ();
    if (self->generation == weir__generation ()) {
        weir__close (self->control_fd);
        if (self->running)
            wait_for_end (self);
    }
    free (self);
    errno = error;
}

static void stop_all (void)
{
    uint64_t generation = weir__generation ();
    for (;;) {
        weir__process_lock ();
        weir__host_t *host = hosts;
        while (host && host->generation != generation)
            host = host->next;
        weir__process_unlock ();
        if (!host)
            return;
        weir__host_stop (&host);
    }
}

//  Makes the pipes and the task that has the owner's ends of them.
static task_t *make_task (const char *name, weir__host_t *self,
                          int *ret_report_fd)
{
    int control [2] = {-1, -1}, report [2] = {-1, -1};
    task_t *task = calloc (1, sizeof *task);
    if (task && name)
        task->name = strdup (name);
    if (!task || (name && !task->name))
        errno = ENOMEM;
    else if (pipe2 (control, O_CLOEXEC) == 0 &&
             pipe2 (report, O_CLOEXEC) == 0 &&
             weir__fork_close (control [1]) == 0) {
        task->control_fd = control [0];
        task->report_fd = report [1];
        self->control_fd = control [1];
        *ret_report_fd = report [0];
        return task;
    }
    int error = errno;
    for (int i = 0; i < 2; i++) {
        if (control [i] >= 0)
            close (control [i]);
        if (report [i] >= 0)
            close (report [i]);
    }
    if (task)
        free (task->name);
    free (task);
    return weir__fail_null (error, "cannot start an owner: %s",
                            strerror (error));
}

static weir__host_t *start (const char *name,
                            int (*start_it) (weir__host_t *, task_t *))
{
    weir__host_t *self = calloc (1, sizeof *self);
    if (!self)
        return weir__fail_null (ENOMEM, "out of memory");
    self->generation = weir__generation ();
    int report_fd = -1;
    task_t *task = make_task (name, self, &report_fd);
    if (!task || weir__at_end_do (stop_all) != 0) {
        free (self);
        return NULL;
    }
    weir__process_lock ();
    DL_APPEND (hosts, self);
    weir__process_unlock ();
    int rc = start_it (self, task);
    if (rc == 0)
        rc = read_report (report_fd, self);
    else
        free_task (task);
    close (report_fd);
    if (rc == 0)
        return self;
    weir__host_stop (&self);
    return NULL;
}

weir__host_t *weir__host_thread (const char *name)
{
    return start (name, start_thread);
}

weir__host_t *weir__host_process (const char *name)
{
    return start (name, start_process);
}

static void report_serving (void *context, const char *path)
{
    void (*const *serving) (const char *) = context;
    if (*serving)
        (*serving) (path);
}

int weir__host_serve (const char *name, int stop_fd,
                      void (*serving) (const char *path))
{
    return serve (name, stop_fd, report_serving, &serving);
}

const char *weir__host_path (const weir__host_t *self)
{
    return self->path;
}
