/*  folder.c - the folders of owners and of pipes

    A folder is made, swept away and removed under a flock on the directory
    that it is in. A reader needs no lock on the directory: it tries to share
    the flock of the folder.

    A folder gets its mark and its flock under the name STAGE, and has its own
    name only then. It is removed under the name STAGE as well. So a folder
    without a mark is never one that a killed process was making or removing,
    unless it is called STAGE; the next process that makes a folder removes
    that one.

    Everything is opened relative to the directory, and no symbolic link is
    followed.

    SPDX-License-Identifier: MPL-2.0
*/

#include "carrier/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fork.h"
#include "base/random.h"

//  No owner has a name that begins with a dot.
#define STAGE ".weir-stage"

#define MARK_FORMAT "weir 1\n%d\n"
enum { MARK_SIZE = 32 };

//  The files that Weir makes in a folder: the mark, the socket of an owner,
//  the doors of a pipe.
static const struct {
    const char *name;
    mode_t type;
} files [] = {
    {"lock", S_IFREG}, {"zmq", S_IFSOCK}, {"a", S_IFSOCK}, {"b", S_IFSOCK}};
enum { FILES = sizeof files / sizeof *files };

//  How a folder was found; -1 stands for an error.
typedef enum state {
    FREE,    //  there is none
    DEAD,    //  Weir's, and nobody holds it
    HELD,    //  Weir's, and its maker is alive
    FOREIGN, //  not Weir's, or with files that are not
} state_t;

//  ---------------------------------------------------------------------------
//  Descriptors and locks

//  Opens a file that no forked child shall have, not even for a moment: it
//  would have the lock on it as well.
static int open_own (int directory_fd, const char *path, int flags)
{
    weir__process_lock ();
    int fd = openat (directory_fd, path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0 && weir__fork_close_locked (fd) != 0) {
        close (fd);
        fd = -1;
        errno = ENOMEM;
    }
    weir__process_unlock ();
    return fd;
}

//  Waits for the lock, which others hold for a moment only.
static int lock (int fd)
{
    int result;
    do
        result = flock (fd, LOCK_EX);
    while (result != 0 && errno == EINTR);
    return result;
}

//  The lock ends here even if a child that is just being spawned has a copy
//  of the descriptor. errno stays.
static void unlock (int fd)
{
    int error = errno;
    flock (fd, LOCK_UN);
    weir__close (fd);
    errno = error;
}

//  Locks the directory that a folder is in.
static int lock_directory (const char *folder_path)
{
    char path [WEIR__PATH_SIZE];
    snprintf (path, sizeof path, "%.*s",
              (int) (strrchr (folder_path, '/') - folder_path), folder_path);
    int fd = open_own (AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
    if (fd >= 0 && lock (fd) == 0)
        return fd;
    weir__fail (errno, "runtime directory %s: cannot lock it: %s", path,
                strerror (errno));
    if (fd >= 0)
        unlock (fd);
    return -1;
}

static const char *name_of (const char *folder_path)
{
    return strrchr (folder_path, '/') + 1;
}

//  Opens a folder, also of others. A file or a symbolic link is ENOTDIR.
static int open_folder (int directory_fd, const char *name)
{
    return openat (directory_fd, name,
                   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void close_keeping_errno (int fd)
{
    int error = errno;
    close (fd);
    errno = error;
}

//  ---------------------------------------------------------------------------
//  What is in a folder

//  The pid in the mark; 0 when the file is no mark.
static pid_t read_mark (int fd)
{
    char text [MARK_SIZE] = "", exact [MARK_SIZE];
    int pid;
    if (read (fd, text, sizeof text - 1) <= 0 ||
        sscanf (text, MARK_FORMAT, &pid) != 1 || pid <= 0)
        return 0;
    snprintf (exact, sizeof exact, MARK_FORMAT, pid);
    return strcmp (text, exact) == 0 ? pid : 0;
}

//  Whether the file is of the type that Weir makes by that name.
static bool is_file (int folder_fd, int i)
{
    struct stat status;
    return fstatat (folder_fd, files [i].name, &status, AT_SYMLINK_NOFOLLOW) ==
               0 &&
           (status.st_mode & S_IFMT) == files [i].type;
}

//  Tells how the folder is found, and who made it. A file `lock` of others is
//  not locked, and opened only if it is a regular file: the open of a pipe
//  would wake its writer up. Returns -1 with errno when that cannot be seen.
static int look (int folder_fd, pid_t *ret_pid)
{
    struct stat status;
    *ret_pid = 0;
    if (fstatat (folder_fd, "lock", &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? FOREIGN : -1;
    if (!S_ISREG (status.st_mode))
        return FOREIGN;
    weir__process_lock (); //  no fork, as in open_own
    int fd = openat (folder_fd, "lock",
                     O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    int result = fd < 0 ? -1 : FOREIGN;
    if (fd >= 0 && (*ret_pid = read_mark (fd)) > 0) {
        result = flock (fd, LOCK_SH | LOCK_NB) == 0 ? DEAD : HELD;
        flock (fd, LOCK_UN);
    }
    if (fd >= 0)
        close_keeping_errno (fd);
    weir__process_unlock ();
    return result;
}

static bool is_ours (int folder_fd, const char *name)
{
    for (int i = 0; i < FILES; i++)
        if (strcmp (name, files [i].name) == 0)
            return is_file (folder_fd, i);
    return strcmp (name, ".") == 0 || strcmp (name, "..") == 0;
}

//  Looks for files that Weir does not make. Returns 0 when there are none, or
//  -1 with ENOTEMPTY or another errno.
static int check_files (int folder_fd)
{
    struct dirent *entry;
    int fd = open_folder (folder_fd, ".");
    DIR *folder = fd >= 0 ? fdopendir (fd) : NULL;
    if (!folder) {
        if (fd >= 0)
            close_keeping_errno (fd);
        return -1;
    }
    do
        entry = readdir (folder);
    while (entry && is_ours (folder_fd, entry->d_name));
    closedir (folder);
    errno = ENOTEMPTY;
    return entry ? -1 : 0;
}

//  ---------------------------------------------------------------------------
//  Removing; the directory is locked

//  Removes the folder STAGE, if it is there. Returns 0, or -1 with errno: with
//  ENOTDIR, ELOOP or ENOTEMPTY when it is not Weir's.
static int clear_stage (int directory_fd)
{
    int fd = open_folder (directory_fd, STAGE);
    if (fd < 0)
        return errno == ENOENT ? 0 : -1;
    int result = check_files (fd);
    for (int i = 0; i < FILES && result == 0; i++)
        unlinkat (fd, files [i].name, 0);
    close_keeping_errno (fd);
    return result == 0 ? unlinkat (directory_fd, STAGE, AT_REMOVEDIR) : -1;
}

//  Removes the folder if it is dead; there is no folder STAGE. Returns what is
//  there then, or -1 with errno when that cannot be seen or done.
static int remove_dead (int directory_fd, const char *name, pid_t *ret_pid)
{
    int fd = open_folder (directory_fd, name);
    int state = fd >= 0 ? look (fd, ret_pid) : -1;
    if (state == DEAD) {
        bool removed =
            check_files (fd) == 0 &&
            renameat (directory_fd, name, directory_fd, STAGE) == 0 &&
            clear_stage (directory_fd) == 0;
        state = removed ? FREE : errno == ENOTEMPTY ? FOREIGN : -1;
    } else if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
        state = FOREIGN;
    else if (fd < 0 && errno == ENOENT)
        state = FREE;
    if (fd >= 0)
        close_keeping_errno (fd);
    return state;
}

//  Removes the folders of the dead. Returns how many other files there are.
static int sweep (int directory_fd)
{
    int others = 0, fd = open_folder (directory_fd, ".");
    DIR *directory = fd >= 0 ? fdopendir (fd) : NULL;
    struct dirent *entry;
    pid_t pid;
    if (fd >= 0 && !directory)
        close (fd);
    while (directory && (entry = readdir (directory)) != NULL)
        if (entry->d_name [0] != '.' &&
            remove_dead (directory_fd, entry->d_name, &pid) != FREE)
            others++;
    if (directory)
        closedir (directory);
    return others;
}

//  Sweeping looks at every file that there is. With many it is not done for
//  every new folder, so that making n folders stays linear in n.
static void sweep_when_due (int directory_fd)
{
    static atomic_int pause;
    if (atomic_fetch_sub (&pause, 1) <= 0)
        atomic_store (&pause, sweep (directory_fd));
}

//  ---------------------------------------------------------------------------
//  Making

//  Gives the folder its name. A filesystem that cannot say EEXIST would replace
//  an empty folder of others that has come since we looked.
static int rename_stage (int directory_fd, const char *name)
{
    if (renameat2 (directory_fd, STAGE, directory_fd, name, RENAME_NOREPLACE) ==
        0)
        return 0;
    return errno == EINVAL ? renameat (directory_fd, STAGE, directory_fd, name)
                           : -1;
}

//  Makes the folder with its mark and its lock. errno says why not.
static int make (int directory_fd, weir__folder_t *folder)
{
    char mark [MARK_SIZE];
    int size = snprintf (mark, sizeof mark, MARK_FORMAT, (int) getpid ());
    //  A sweep that found no descriptor may have left one there.
    if (clear_stage (directory_fd) != 0 ||
        mkdirat (directory_fd, STAGE, 0700) != 0)
        return -1;
    int fd = open_own (directory_fd, STAGE "/lock", O_RDWR | O_CREAT | O_EXCL);
    if (fd >= 0 && lock (fd) == 0 && write (fd, mark, (size_t) size) == size &&
        rename_stage (directory_fd, name_of (folder->path)) == 0) {
        folder->lock_fd = fd;
        return 0;
    }
    if (fd >= 0)
        unlock (fd);
    int error = errno;
    clear_stage (directory_fd);
    errno = error;
    return -1;
}

//  Takes the name, if it is free. The directory is locked.
static int claim (int directory_fd, weir__folder_t *folder)
{
    pid_t pid;
    const char *name = name_of (folder->path);
    int state = remove_dead (directory_fd, name, &pid);
    if (state == HELD)
        return weir__fail (EEXIST,
                           "owner '%s': it is running already (pid %d); open "
                           "it, or choose another name",
                           name, (int) pid);
    if (state == -1)
        return weir__fail (errno, "%s: cannot read its lock: %s", folder->path,
                           strerror (errno));
    if (state == FREE && make (directory_fd, folder) == 0)
        return 0;
    if (state == FOREIGN || errno == EEXIST)
        return weir__fail (
            EEXIST,
            "%s: it is not a folder of Weir, or contains files of "
            "other programs; move them away, or choose another "
            "name",
            folder->path);
    return weir__fail (errno, "%s: cannot make it: %s", folder->path,
                       strerror (errno));
}

static int fail_to_clear (const weir__folder_t *folder)
{
    bool foreign = errno == ENOTEMPTY || errno == ENOTDIR || errno == ELOOP;
    int length = (int) (name_of (folder->path) - folder->path);
    return weir__fail (foreign ? EEXIST : errno,
                       "%s: cannot make it, because %.*s%s cannot be removed: "
                       "%s; remove that, or set WEIR_RUNTIME_DIR to another "
                       "directory",
                       folder->path, length, folder->path, STAGE,
                       strerror (errno));
}

int weir__folder_make (const char *name, const char *prefix,
                       weir__folder_t *ret_folder)
{
    char fresh [64];
    if (!name) {
        snprintf (fresh, sizeof fresh, "%s-%d-%08x", prefix, (int) getpid (),
                  (unsigned) weir__random ());
        name = fresh;
    }
    weir__folder_t folder;
    if (weir__runtime_path (name, folder.path) != 0)
        return -1;
    int directory_fd = lock_directory (folder.path);
    if (directory_fd < 0)
        return -1;
    int result = clear_stage (directory_fd);
    if (result != 0)
        result = fail_to_clear (&folder);
    else {
        sweep_when_due (directory_fd);
        result = claim (directory_fd, &folder);
    }
    unlock (directory_fd);
    if (result == 0)
        *ret_folder = folder;
    return result;
}

//  Without a descriptor for the directory the folder stays, dead, for a sweep.
void weir__folder_remove (weir__folder_t *folder)
{
    if (folder->lock_fd < 0)
        return;
    pid_t pid;
    int directory_fd = lock_directory (folder->path);
    unlock (folder->lock_fd);
    folder->lock_fd = -1;
    if (directory_fd < 0)
        return;
    if (clear_stage (directory_fd) == 0)
        remove_dead (directory_fd, name_of (folder->path), &pid);
    unlock (directory_fd);
}

pid_t weir__folder_holder (const char *path)
{
    pid_t pid;
    int fd = open_folder (AT_FDCWD, path);
    int state = fd < 0 ? -1 : look (fd, &pid);
    if (fd >= 0)
        close_keeping_errno (fd);
    if (state == HELD)
        return pid;
    if (state == -1 && errno == EACCES)
        return weir__fail (EACCES, "owner at %s: it belongs to another user",
                           path);
    if (state == -1 && errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
        return weir__fail (errno, "%s: cannot read its lock: %s", path,
                           strerror (errno));
    return weir__fail (ENOENT, "owner at %s: it does not run", path);
}
