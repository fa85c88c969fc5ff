/*  check_runtime_order.c - folders change only under the directory's lock

    SPDX-License-Identifier: MPL-2.0
*/

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "carrier/folder.h"
#include "kit/support.h"

int __real_mkdirat (int fd, const char *path, mode_t mode);
int __wrap_mkdirat (int fd, const char *path, mode_t mode);
int __real_unlinkat (int fd, const char *path, int flags);
int __wrap_unlinkat (int fd, const char *path, int flags);
int __real_renameat (int fd, const char *from, int to_fd, const char *to);
int __wrap_renameat (int fd, const char *from, int to_fd, const char *to);
int __real_renameat2 (int fd, const char *from, int to_fd, const char *to,
                      unsigned flags);
int __wrap_renameat2 (int fd, const char *from, int to_fd, const char *to,
                      unsigned flags);

static unsigned changes;

static void check_locked (void)
{
    int fd = open (test_runtime_directory (), O_RDONLY | O_CLOEXEC);
    test_must (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == -1);
    close (fd);
    changes++;
}

int __wrap_mkdirat (int fd, const char *path, mode_t mode)
{
    check_locked ();
    return __real_mkdirat (fd, path, mode);
}

int __wrap_unlinkat (int fd, const char *path, int flags)
{
    check_locked ();
    return __real_unlinkat (fd, path, flags);
}

int __wrap_renameat (int fd, const char *from, int to_fd, const char *to)
{
    check_locked ();
    return __real_renameat (fd, from, to_fd, to);
}

int __wrap_renameat2 (int fd, const char *from, int to_fd, const char *to,
                      unsigned flags)
{
    check_locked ();
    return __real_renameat2 (fd, from, to_fd, to, flags);
}

START_TEST (folders_change_only_while_the_directory_is_locked)
{
    weir__folder_t folder;
    ck_assert_int_eq (weir__folder_make ("counts", "owner", &folder), 0);
    ck_assert_uint_ge (changes, 2);
    changes = 0;
    weir__folder_remove (&folder);
    ck_assert_uint_ge (changes, 3);
}
END_TEST

int main (void)
{
    test_plain_only ();
    Suite *suite = suite_create ("runtime_order");
    TCase *tcase = test_case (suite, "order");
    tcase_add_test (tcase, folders_change_only_while_the_directory_is_locked);
    return test_main (suite);
}
