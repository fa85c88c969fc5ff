/*  runtime.c - the runtime directory, where sockets live

    SPDX-License-Identifier: MPL-2.0
*/

#include "carrier/runtime.h"

#include <assert.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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
enum { FILE_NAME_ROOM = 8, NAME_MAX_BYTES = 255 };

static int make_private (const char *path)
{
    if (mkdir (path, 0700) != 0 && errno != EEXIST)
        return weir__fail (errno, "cannot make the runtime directory %s: %s",
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
    size_t length = strlen (name);
    bool good = length > 0 && length <= NAME_MAX_BYTES && name [0] != '.';
    for (size_t i = 0; i < length && good; i++)
        good = isalnum ((unsigned char) name [i]) || strchr ("._-", name [i]);
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

static void remove_files (const char *path)
{
    DIR *directory = opendir (path);
    struct dirent *entry;
    while (directory && (entry = readdir (directory)) != NULL)
        if (strcmp (entry->d_name, ".") != 0 &&
            strcmp (entry->d_name, "..") != 0)
            unlinkat (dirfd (directory), entry->d_name, 0);
    if (directory)
        closedir (directory);
    rmdir (path);
}

//  Locks the folder's file `lock`. Returns its descriptor; -1 with EWOULDBLOCK
//  when somebody alive holds it. A sweeper may remove the file between our
//  open and our flock: then the lock is on nothing, and we try again.
static int lock_folder (const char *path, int flags)
{
    char file [WEIR__PATH_SIZE + FILE_NAME_ROOM];
    snprintf (file, sizeof file, "%s/lock", path);
    for (;;) {
        int fd = open (file, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
        if (fd < 0)
            return -1;
        struct stat ours, there;
        if (flock (fd, LOCK_EX | LOCK_NB) == 0) {
            if (fstat (fd, &ours) == 0 && stat (file, &there) == 0 &&
                ours.st_ino == there.st_ino)
                return fd;
            close (fd);
            if (!(flags & O_CREAT)) {
                errno = ENOENT;
                return -1;
            }
            if (mkdir (path, 0700) != 0 && errno != EEXIST)
                return -1;
        } else {
            int error = errno;
            close (fd);
            errno = error;
            return -1;
        }
    }
}

//  Removes the folders whose holders are dead. A folder without a lock file
//  is being made or removed at this moment, or holds nothing.
static void sweep (const char *own_path)
{
    char path [WEIR__PATH_SIZE + NAME_MAX_BYTES + 2];
    size_t length = (size_t) (strrchr (own_path, '/') - own_path);
    memcpy (path, own_path, length);
    path [length] = '\0';
    DIR *directory = opendir (path);
    struct dirent *entry;
    while (directory && (entry = readdir (directory)) != NULL) {
        size_t size = strlen (entry->d_name);
        if (entry->d_name [0] == '.' || length + size + 2 > WEIR__PATH_SIZE)
            continue;
        path [length] = '/';
        memcpy (path + length + 1, entry->d_name, size + 1);
        int fd = lock_folder (path, 0);
        if (fd >= 0) {
            remove_files (path);
            close (fd);
        }
    }
    if (directory)
        closedir (directory);
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
    sweep (folder.path);
    if (mkdir (folder.path, 0700) != 0 && errno != EEXIST)
        return weir__fail (errno, "cannot make %s: %s", folder.path,
                           strerror (errno));
    folder.lock_fd = lock_folder (folder.path, O_CREAT);
    if (folder.lock_fd < 0 && errno == EWOULDBLOCK)
        return weir__fail (EEXIST,
                           "'%s' is the name of an owner that is running; "
                           "open it, or choose another name",
                           name);
    if (folder.lock_fd < 0)
        return weir__fail (errno, "cannot lock %s: %s", folder.path,
                           strerror (errno));
    //  Whoever looks for the holder reads this.
    if (ftruncate (folder.lock_fd, 0) != 0 ||
        dprintf (folder.lock_fd, "%d\n", (int) getpid ()) < 0 ||
        weir__fork_close (folder.lock_fd) != 0) {
        weir__fail (errno, "cannot write %s/lock: %s", folder.path,
                    strerror (errno));
        weir__folder_remove (&folder);
        return -1;
    }
    *ret_folder = folder;
    return 0;
}

void weir__folder_remove (weir__folder_t *folder)
{
    if (folder->lock_fd < 0)
        return;
    remove_files (folder->path);
    weir__fork_forget (folder->lock_fd);
    close (folder->lock_fd);
    folder->lock_fd = -1;
}

pid_t weir__folder_holder (const char *path)
{
    char file [WEIR__PATH_SIZE + FILE_NAME_ROOM], text [16];
    int fd = lock_folder (path, 0);
    if (fd >= 0 || errno != EWOULDBLOCK) {
        int error = fd < 0 && errno == EACCES ? EACCES : ENOENT;
        if (fd >= 0)
            close (fd);
        return weir__fail (error, "no owner runs at %s%s", path,
                           error == EACCES ? " that you may use" : "");
    }
    snprintf (file, sizeof file, "%s/lock", path);
    fd = open (file, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read (fd, text, sizeof text - 1);
    if (fd >= 0)
        close (fd);
    text [size > 0 ? size : 0] = '\0';
    int pid = atoi (text);
    if (pid <= 0)
        return weir__fail (ENOENT, "the owner at %s does not serve yet", path);
    return pid;
}
