/*  runtime.c - the runtime directory, where sockets live

    SPDX-License-Identifier: MPL-2.0
*/

#include "carrier/runtime.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fork.h"
#include "base/random.h"

//  The longest name of a file in a folder, with its slash: "/lane".
enum {
    FILE_NAME_ROOM = 8,
    NAME_MAX_BYTES = 255,
    LOCK_PATH_SIZE = WEIR__PATH_SIZE + FILE_NAME_ROOM
};

static int make_private (const char *path)
{
    if (mkdir (path, 0700) != 0 && errno != EEXIST)
        return weir__fail (errno,
                           "cannot make the runtime directory %s: %s; set "
                           "WEIR_RUNTIME_DIR to another one",
                           path, strerror (errno));
    struct stat status;
    if (lstat (path, &status) != 0)
        return weir__fail (errno, "cannot look at %s: %s", path,
                           strerror (errno));
    if (!S_ISDIR (status.st_mode))
        return weir__fail (ENOTDIR, "the runtime directory %s is no directory",
                           path);
    if (status.st_uid != geteuid () || (status.st_mode & 077) != 0)
        return weir__fail (EACCES,
                           "the runtime directory %s must belong to uid %u "
                           "with mode 0700; remove it, or set "
                           "WEIR_RUNTIME_DIR to another one",
                           path, (unsigned) geteuid ());
    return 0;
}

//  Finds the runtime directory and makes it when it is not there.
static int find_directory (char *path, size_t size)
{
    const char *own = getenv ("WEIR_RUNTIME_DIR");
    const char *session = getenv ("XDG_RUNTIME_DIR");
    int length;
    if (own && *own)
        length = snprintf (path, size, "%s", own);
    else if (session && *session)
        length = snprintf (path, size, "%s/weir", session);
    else
        length = snprintf (path, size, "/tmp/weir-%u", (unsigned) geteuid ());
    if (length < 0 || (size_t) length >= size)
        return weir__fail (ENAMETOOLONG,
                           "the runtime directory's path is %d bytes long; "
                           "at most %zu can be used: set WEIR_RUNTIME_DIR to "
                           "a shorter one",
                           length, size - 1);
    if (path [0] != '/')
        return weir__fail (EINVAL,
                           "the runtime directory '%s' must be an absolute "
                           "path",
                           path);
    return make_private (path);
}

static int check_name (const char *name)
{
    //  Not isalnum, which goes by the locale.
    static const char good_ones [] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "abcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t length = strlen (name);
    bool good = length > 0 && length <= NAME_MAX_BYTES && name [0] != '.';
    for (size_t i = 0; i < length && good; i++)
        good = strchr (good_ones, name [i]) != NULL;
    if (!good)
        return weir__fail (EINVAL,
                           "'%.40s' cannot be the name of an owner: use 1 to "
                           "%d of A-Z a-z 0-9 . _ -, and no dot in front",
                           name, NAME_MAX_BYTES);
    return 0;
}

int weir__runtime_path (const char *name, char ret_path [WEIR__PATH_SIZE])
{
    char directory [WEIR__PATH_SIZE - FILE_NAME_ROOM];
    if (check_name (name) != 0 ||
        find_directory (directory, sizeof directory) != 0)
        return -1;
    size_t length = strlen (directory) + 1 + strlen (name);
    if (length + FILE_NAME_ROOM >= WEIR__PATH_SIZE)
        return weir__fail (ENAMETOOLONG,
                           "%s/%s is %zu bytes too long for a socket's path: "
                           "use a shorter name, or set WEIR_RUNTIME_DIR to a "
                           "shorter path",
                           directory, name,
                           length + FILE_NAME_ROOM - WEIR__PATH_SIZE + 1);
    int written =
        snprintf (ret_path, WEIR__PATH_SIZE, "%s/%s", directory, name);
    assert (written == (int) length);
    (void) written;
    return 0;
}

//  ---------------------------------------------------------------------------
//  Folders
//
//  A folder is made, swept away and removed under a lock on the directory that
//  it is in. So when no living process holds its file `lock`, nobody is about
//  to either, and all that is in it is rubbish. The one who looks for a holder
//  needs no lock on the directory: it tries to share the file's lock.

//  Opens a file that no forked child shall have, not even for a moment: it
//  would have the lock on it as well.
static int open_own (const char *path, int flags)
{
    weir__process_lock ();
    int fd = open (path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
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
    int fd = open_own (path, O_RDONLY | O_DIRECTORY);
    if (fd >= 0 && lock (fd) == 0)
        return fd;
    weir__fail (errno, "cannot lock the runtime directory %s: %s", path,
                strerror (errno));
    if (fd >= 0)
        unlock (fd);
    return -1;
}

static void lock_path (const char *path, char ret_file [LOCK_PATH_SIZE])
{
    snprintf (ret_file, LOCK_PATH_SIZE, "%s/lock", path);
}

//  Whether somebody alive holds the folder, 0 or 1, and who; pid 0 when that
//  is not known yet. -1 with errno of open when there is no lock to look at.
static int look_for_holder (const char *path, pid_t *ret_pid)
{
    char file [LOCK_PATH_SIZE], text [16];
    lock_path (path, file);
    weir__process_lock (); //  no fork, as in open_own
    int fd = open (file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    int error = errno;
    bool held = fd >= 0 && flock (fd, LOCK_SH | LOCK_NB) != 0;
    ssize_t size = held ? read (fd, text, sizeof text - 1) : 0;
    if (fd >= 0) {
        flock (fd, LOCK_UN);
        close (fd);
    }
    weir__process_unlock ();
    text [size > 0 ? size : 0] = '\0';
    *ret_pid = atoi (text);
    errno = error;
    return fd < 0 ? -1 : held;
}

//  The lock goes last: without it a folder with files would never be swept.
static void remove_folder (const char *path)
{
    DIR *directory = opendir (path);
    struct dirent *entry;
    while (directory && (entry = readdir (directory)) != NULL)
        if (strcmp (entry->d_name, ".") != 0 &&
            strcmp (entry->d_name, "..") != 0 &&
            strcmp (entry->d_name, "lock") != 0)
            unlinkat (dirfd (directory), entry->d_name, 0);
    if (directory) {
        unlinkat (dirfd (directory), "lock", 0);
        closedir (directory);
    }
    rmdir (path);
}

//  Removes the folders whose holders are dead. Returns how many are alive.
static int sweep (const char *own_path)
{
    char path [WEIR__PATH_SIZE];
    size_t length = (size_t) (strrchr (own_path, '/') - own_path) + 1;
    memcpy (path, own_path, length);
    path [length] = '\0';
    int alive = 0;
    DIR *directory = opendir (path);
    struct dirent *entry;
    while (directory && (entry = readdir (directory)) != NULL) {
        size_t size = strlen (entry->d_name);
        pid_t pid;
        if (entry->d_name [0] == '.' || length + size >= sizeof path)
            continue;
        memcpy (path + length, entry->d_name, size + 1);
        int held = look_for_holder (path, &pid);
        if (held == 0)
            remove_folder (path);
        else if (held == -1 && errno == ENOENT)
            rmdir (path); //  its maker died before it was done
        else
            alive++;
    }
    if (directory)
        closedir (directory);
    return alive;
}

//  Sweeping looks at every folder that there is. With many alive it is not
//  done for every new one, so that making n folders stays linear in n.
static void sweep_when_due (const char *own_path)
{
    static atomic_int pause;
    if (atomic_fetch_sub (&pause, 1) <= 0)
        atomic_store (&pause, sweep (own_path));
}

//  Makes the folder and its lock. The directory is locked.
static int claim (const char *name, weir__folder_t *folder)
{
    char file [LOCK_PATH_SIZE], text [16];
    pid_t pid;
    int held = look_for_holder (folder->path, &pid);
    if (held == 1)
        return weir__fail (EEXIST,
                           "'%s' is the name of an owner that is running (pid "
                           "%d); open it, or choose another name",
                           name, (int) pid);
    if (held == -1 && errno != ENOENT)
        return weir__fail (errno, "cannot see who holds %s: %s", folder->path,
                           strerror (errno));
    remove_folder (folder->path);
    if (mkdir (folder->path, 0700) != 0 && errno != EEXIST)
        return weir__fail (errno, "cannot make %s: %s", folder->path,
                           strerror (errno));
    lock_path (folder->path, file);
    folder->lock_fd = open_own (file, O_RDWR | O_CREAT | O_EXCL);
    int size = snprintf (text, sizeof text, "%d\n", (int) getpid ());
    if (folder->lock_fd >= 0 && lock (folder->lock_fd) == 0 &&
        write (folder->lock_fd, text, (size_t) size) == size)
        return 0;
    weir__fail (errno, "cannot lock %s: %s", folder->path, strerror (errno));
    if (folder->lock_fd >= 0)
        unlock (folder->lock_fd);
    int error = errno;
    remove_folder (folder->path);
    errno = error;
    return -1;
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
    sweep_when_due (folder.path);
    int result = claim (name, &folder);
    unlock (directory_fd);
    if (result == 0)
        *ret_folder = folder;
    return result;
}

void weir__folder_remove (weir__folder_t *folder)
{
    if (folder->lock_fd < 0)
        return;
    int directory_fd = lock_directory (folder->path);
    remove_folder (folder->path);
    unlock (folder->lock_fd);
    folder->lock_fd = -1;
    if (directory_fd >= 0)
        unlock (directory_fd);
}

pid_t weir__folder_holder (const char *path)
{
    pid_t pid;
    int held = look_for_holder (path, &pid);
    if (held == -1 && errno == EACCES)
        return weir__fail (EACCES, "the owner at %s is another user's", path);
    if (held == -1 && errno != ENOENT && errno != ENOTDIR)
        return weir__fail (errno, "cannot see who holds %s: %s", path,
                           strerror (errno));
    if (held != 1)
        return weir__fail (ENOENT, "no owner runs at %s", path);
    if (pid <= 0)
        return weir__fail (ENOENT, "the owner at %s does not serve yet", path);
    return pid;
}
