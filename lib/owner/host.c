/*  host.c - runs an owner in a thread, in a child process, or here

    A host and its owner share a line, a pair of sockets. The owner reports over
    it once whether its start has succeeded. The owner ends when the line hangs
    up: when the host shuts it down, or when the process with the other end dies
    for any reason.

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
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/atend.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/fork.h"
#include "base/hash.h"
#include "base/pidfd.h"
#include "carrier/folder.h"
#include "carrier/runtime.h"
#include "owner/loop.h"
#include "owner/notes.h"
#include "weir/error.h"

enum {
    //  An owner that does not end within this time is killed.
    STOP_MS = 5000
};

//  The report of an owner about its start.
typedef struct report {
    int error;
    char path [WEIR__PATH_SIZE];
    char sentence [512];
} report_t;

struct weir__host {
    char path [WEIR__PATH_SIZE];
    uint64_t generation;
    int line_fd; //  the end of the host
    pid_t pid;   //  of the child process; 0: the owner is a thread
    pthread_t thread;
    bool running; //  must be stopped and waited for; guarded by the process
                  //  lock
    weir__host_t *prev, *next; //  among `hosts`
};

//  All hosts of this process and, after a fork, those of its parent. Guarded by
//  the process lock.
static weir__host_t *hosts;

//  Raises the limit on descriptors. An owner needs a descriptor for each link
//  and one for each process, and the usual limit is 1,024. libzmq ends the
//  program when a connection arrives and no descriptor is free. Only call this
//  in a process that exists for its owner: other code of a shared process may
//  use select (2), which cannot handle descriptors above 1,023.
static void allow_descriptors (void)
{
    struct rlimit files;
    if (getrlimit (RLIMIT_NOFILE, &files) == 0 &&
        files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        setrlimit (RLIMIT_NOFILE, &files);
    }
}

//  Makes the folder of an owner, reports success, and serves until `stop_fd`
//  polls readable.
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

//  The side of the owner in a start.
typedef struct task {
    char *name;  //  NULL: a new name
    int line_fd; //  the end of the owner
    bool reported;
} task_t;

static void send_report (task_t *task, const report_t *report)
{
    if (!task->reported)
        send (task->line_fd, report, sizeof *report, MSG_NOSIGNAL);
    task->reported = true;
}

static void report_success (void *context, const char *path)
{
    report_t report = {0};
    strcpy (report.path, path);
    send_report (context, &report);
}

//  Runs the owner of a task. Reports a failure to the host, or writes it to
//  standard error when the start has succeeded before.
static void run_task (task_t *task)
{
    if (serve (task->name, task->line_fd, report_success, task) == 0)
        return;
    report_t report = {.error = errno};
    snprintf (report.sentence, sizeof report.sentence, "%s", weir_error ());
    if (task->reported)
        weir__notes_add (&(weir__notes_t){0}, "%s", report.sentence);
    send_report (task, &report);
}

static void free_task (task_t *task)
{
    weir__close (task->line_fd);
    free (task->name);
    free (task);
}

//  Closes all descriptors except the standard ones and the line.
static void close_all_but (const task_t *task)
{
    DIR *directory = opendir ("/proc/self/fd");
    struct dirent *entry;
    while (directory && (entry = readdir (directory)) != NULL) {
        int fd = atoi (entry->d_name);
        if (fd > STDERR_FILENO && fd != dirfd (directory) &&
            fd != task->line_fd)
            close (fd);
    }
    if (directory)
        closedir (directory);
}

//  Sets the standard descriptors of an owner process: 0 and 1 become /dev/null,
//  2 remains. If the parent had closed one of them, its number may belong to
//  another file, even to our line. A descriptor 2 with FD_CLOEXEC is not a
//  standard error (see notes.c).
static void set_standard (task_t *task)
{
    if (task->line_fd <= STDERR_FILENO)
        task->line_fd =
            fcntl (task->line_fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    close_all_but (task);
    int flags = fcntl (STDERR_FILENO, F_GETFD);
    int last =
        flags == -1 || (flags & FD_CLOEXEC) ? STDERR_FILENO : STDOUT_FILENO;
    int null = open ("/dev/null", O_RDWR);
    for (int fd = 0; null >= 0 && fd <= last; fd++)
        dup2 (null, fd);
    if (null > STDERR_FILENO)
        close (null);
}

//  Releases everything that the child process inherited from its parent, except
//  standard error.
static void leave_parent (task_t *task)
{
    for (int number = 1; number < NSIG; number++)
        signal (number, SIG_DFL);
    //  Ctrl-C at the terminal is for the program, which then ends us.
    signal (SIGINT, SIG_IGN);
    signal (SIGQUIT, SIG_IGN);
    signal (SIGHUP, SIG_IGN);
    signal (SIGPIPE, SIG_IGN);
    sigset_t none;
    sigemptyset (&none);
    sigprocmask (SIG_SETMASK, &none, NULL);
    prctl (PR_SET_NAME, "weir-owner");
    set_standard (task);
}

static int start_process (weir__host_t *self, task_t *task)
{
    self->pid = weir__fork_keeping (task->line_fd);
    if (self->pid < 0)
        return weir__fail (errno, "owner: cannot fork: %s", strerror (errno));
    if (self->pid == 0) {
        leave_parent (task);
        allow_descriptors ();
        run_task (task);
        _exit (0);
    }
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
    //  The threads of the application receive the signals.
    sigset_t all, before;
    sigfillset (&all);
    pthread_sigmask (SIG_SETMASK, &all, &before);
    int error = pthread_create (&self->thread, NULL, thread_main, task);
    pthread_sigmask (SIG_SETMASK, &before, NULL);
    if (error)
        return weir__fail (error, "owner: cannot start its thread: %s",
                           strerror (error));
    return 0;
}

//  Waits for the report of the owner. When the owner dies, the line hangs up
//  without a report.
static int read_report (weir__host_t *self)
{
    report_t report;
    ssize_t size;
    do
        size = recv (self->line_fd, &report, sizeof report, 0);
    while (size == -1 && errno == EINTR);
    if (size != sizeof report)
        return weir__fail (EOWNERDEAD, "owner: it died while it started");
    if (report.error)
        return weir__fail (report.error, "%s", report.sentence);
    memcpy (self->path, report.path, sizeof self->path);
    return 0;
}

//  Waits for the end of the owner; kills a child process after STOP_MS.
static void wait_for_end (const weir__host_t *self)
{
    if (self->pid == 0) {
        pthread_join (self->thread, NULL);
        return;
    }
    uint64_t until_us = weir__deadline_us (weir__now_us (), STOP_MS);
    struct pollfd end = {.fd = weir__pidfd_open (self->pid), .events = POLLIN};
    int rc = -1;
    while (end.fd >= 0 && rc == -1)
        rc = poll (&end, 1, weir__poll_ms (weir__now_us (), until_us));
    if (rc == 0)
        weir__pidfd_signal (end.fd, self->pid, SIGKILL);
    if (end.fd >= 0)
        close (end.fd);
    while (waitpid (self->pid, NULL, 0) == -1 && errno == EINTR)
        ;
}

//  Stops the owner and waits for its end, unless another thread does so. Does
//  not access the host after the lock is released, because the other thread may
//  free it.
static void end_once (weir__host_t *self)
{
    weir__process_lock ();
    weir__host_t host = *self;
    self->running = false;
    weir__process_unlock ();
    if (!host.running || host.generation != weir__generation ())
        return;
    //  A close alone is not enough: a child that is being forked has a copy.
    shutdown (host.line_fd, SHUT_RDWR);
    weir__close (host.line_fd);
    wait_for_end (&host);
}

void weir__host_stop (weir__host_t **self_p)
{
    weir__host_t *self = *self_p;
    if (!self)
        return;
    *self_p = NULL;
    int error = errno;
    end_once (self);
    weir__process_lock ();
    DL_DELETE (hosts, self);
    weir__process_unlock ();
    free (self);
    errno = error;
}

//  Stops all owners at the end of this process. The hosts remain, because exit
//  handlers of the application may destroy their handles later.
static void stop_all (void)
{
    uint64_t generation = weir__generation ();
    for (;;) {
        weir__process_lock ();
        weir__host_t *host = hosts;
        while (host && (!host->running || host->generation != generation))
            host = host->next;
        weir__process_unlock ();
        if (!host)
            return;
        end_once (host);
    }
}

//  Makes the line. Forked children other than the owner close both ends.
static int open_line (int ret_fds [2])
{
    weir__process_lock ();
    int rc = socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret_fds);
    bool open = rc == 0;
    for (int i = 0; i < 2 && rc == 0; i++)
        rc = weir__fork_close_locked (ret_fds [i]);
    int error = errno;
    weir__process_unlock ();
    for (int i = 0; i < 2 && open && rc != 0; i++)
        weir__close (ret_fds [i]);
    errno = error;
    return rc;
}

//  Makes a task and the line to the host. Returns NULL with a sentence.
static task_t *make_task (const char *name, weir__host_t *self)
{
    int line [2];
    task_t *task = calloc (1, sizeof *task);
    if (task && name)
        task->name = strdup (name);
    if (!task || (name && !task->name))
        errno = ENOMEM;
    else if (open_line (line) == 0) {
        self->line_fd = line [0];
        task->line_fd = line [1];
        return task;
    }
    int error = errno;
    if (task)
        free (task->name);
    free (task);
    return weir__fail_null (error, "owner: cannot start it: %s",
                            strerror (error));
}

//  Starts an owner with `start_it`, and waits for its report.
static weir__host_t *start (const char *name,
                            int (*start_it) (weir__host_t *, task_t *))
{
    weir__host_t *self = calloc (1, sizeof *self);
    if (!self)
        return weir__fail_null (ENOMEM, "out of memory");
    self->generation = weir__generation ();
    task_t *task =
        weir__at_end_do (stop_all) == 0 ? make_task (name, self) : NULL;
    if (!task) {
        free (self);
        return NULL;
    }
    if (start_it (self, task) != 0) {
        int error = errno;
        free_task (task);
        weir__close (self->line_fd);
        free (self);
        errno = error;
        return NULL;
    }
    weir__process_lock ();
    self->running = true;
    DL_APPEND (hosts, self);
    weir__process_unlock ();
    if (read_report (self) == 0)
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
    allow_descriptors ();
    return serve (name, stop_fd, report_serving, &serving);
}

const char *weir__host_path (const weir__host_t *self)
{
    return self->path;
}
