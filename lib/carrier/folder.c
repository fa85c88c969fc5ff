/*  folder.c - the folders of owners and of pipes

    A process makes, sweeps and removes folders under a flock on their
    directory. A reader needs no lock on the directory: it tries to share the
    flock of the folder.

    While a folder is made it is called STAGE, until it has its mark and its
    flock. Before a folder is removed it is renamed to STAGE as well. So a
    killed process leaves a folder without a mark only under the name STAGE. The
    next process that makes a folder removes it.

    All files are opened relative to the directory, and symbolic links are not
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

//  The name of an owner never begins with a dot.
#define STAGE ".weir-stage"

#define MARK_FORMAT "weir 1\n%d\n"
enum { MARK_SIZE = 32 };

//  The files that Weir makes in a folder: the mark, the socket of an owner, and
//  the doors of a pipe.
static const struct {
    const char *name;
    mode_t type;
} files [] = {
    {"lock", S_IFREG}, {"zmq", S_IFSOCK}, {"a", S_IFSOCK}, {"b", S_IFSOCK}};
enum { FILES = sizeof files / sizeof *files };

//  The state of a folder; -1 stands for an error.
typedef enum state {
    FREE,    //  it does not exist
    DEAD,    //  it is Weir's, and no process holds it
    HELD,    //  it is Weir's, and its maker is alive
    FOREIGN, //  it is not Weir's, or has other files in it
} state_t;

//  ---------------------------------------------------------------------------
//  Descriptors and locks

//  Opens a file whose descriptor a forked child never has, not even for a
//  moment: the child would share the lock on it.
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

//  Takes the lock. Waits for other processes, which hold it only for a moment.
static int lock (int fd)
{
    int result;
    do
        result = flock (fd, LOCK_EX);
    while (result != 0 && errno == EINTR);
    return result;
}

//  Releases the lock and closes the descriptor. The explicit release works even
//  while a child that is being spawned has a copy of the descriptor. Keeps
//  errno.
static void unlock (int fd)
{
    int error = errno;
    flock (fd, LOCK_UN);
    weir__close (fd);
    errno = error;
}

//  Locks the directory of a folder. Returns a descriptor, or -1 with errno and
//  a sentence.
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

//  Opens a folder, also one of another program. Returns -1 with ENOTDIR for a
//  file or a symbolic link.
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

//  Returns the pid in the mark; 0 when the file is not a mark.
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

//  Returns whether file `i` has the type that Weir gives to it.
static bool is_file (int folder_fd, int i)
{
    struct stat status;
    return fstatat (folder_fd, files [i].name, &status, AT_SYMLINK_NOFOLLOW) ==
               0 &&
           (status.st_mode & S_IFMT) == files [i].type;
}

//  Returns the state of a folder, and the pid of its maker. A file `lock` of
//  another program is not locked, and it is opened only if it is a regular
//  file, because opening a pipe would wake up its writer. Returns -1 with errno
//  when the state cannot be read.
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

//  Returns whether the entry is a file that Weir makes, or . or ..
static bool is_ours (int folder_fd, const char *name)
{
    for (int i = 0; i < FILES; i++)
        if (strcmp (name, files [i].name) == 0)
            return is_file (folder_fd, i);
    return strcmp (name, ".") == 0 || strcmp (name, "..") == 0;
}

//  Checks that a folder has only files that Weir makes. Returns 0, or -1 with
//  ENOTEMPTY or another errno.
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
//  Removing; the caller has locked the directory

//  Removes the folder STAGE, if it exists. Returns 0, or -1 with errno:
//  ENOTDIR, ELOOP or ENOTEMPTY when it is not a folder of Weir.
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

//  Removes the folder if it is dead. STAGE must not exist. Returns the state of
//  the folder afterwards, or -1 with errno when it cannot be read or removed.
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

//  Removes all dead folders. Returns the number of other files.
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

//  Sweeps, but not at every call when the directory has many files. A sweep
//  reads every file, so this keeps the making of n folders linear in n.
static void sweep_when_due (int directory_fd)
{
    static atomic_int pause;
    if (atomic_fetch_sub (&pause, 1) <= 0)
        atomic_store (&pause, sweep (directory_fd));
}

//  ---------------------------------------------------------------------------
//  Making

//  Renames STAGE to its final name. A filesystem without RENAME_NOREPLACE
//  replaces an empty folder that another program has made since we looked.
static int rename_stage (int directory_fd, const char *name)
{
    if (renameat2 (directory_fd, STAGE, directory_fd, name, RENAME_NOREPLACE) ==
        0)
        return 0;
    return errno == EINVAL ? renameat (directory_fd, STAGE, directory_fd, name)
                           : -1;
}

//  Makes the folder with its mark and its lock. Returns 0, or -1 with errno.
static int make_folder (int directory_fd, weir__folder_t *folder)
{
    char mark [MARK_SIZE];
    int size = snprintf (mark, sizeof mark, MARK_FORMAT, (int) getpid ());
    //  A sweep that had no descriptor may have left a STAGE.
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

//  Makes the folder, if its name is free. The caller has locked the directory.
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
    if (state == FREE && make_folder (directory_fd, folder) == 0)
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

//  Reports that the folder STAGE cannot be removed.
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

//  Without a descriptor for the directory, the dead folder remains until a
//  sweep.
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
