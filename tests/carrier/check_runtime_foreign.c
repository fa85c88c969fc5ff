/*  check_runtime_foreign.c - the files of others in the runtime directory stay

    SPDX-License-Identifier: MPL-2.0
*/

#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <weir.h>

#include "carrier/folder.h"
#include "kit/support.h"

#define MARK "weir 1\n999999\n"
#define STAGE ".weir-stage"

//  ---------------------------------------------------------------------------
//  Making files

static const char *place (const char *name)
{
    static char path [300];
    snprintf (path, sizeof path, "%s/%s", test_runtime_directory (), name);
    return path;
}

static bool exists (const char *name)
{
    struct stat status;
    return lstat (place (name), &status) == 0;
}

static void put_folder (const char *name)
{
    ck_assert_int_eq (mkdir (place (name), 0700), 0);
}

static void put_file (const char *name, const char *text)
{
    FILE *file = fopen (place (name), "wx");
    ck_assert_ptr_nonnull (file);
    fputs (text, file);
    fclose (file);
}

static void put_special (const char *name, mode_t type)
{
    ck_assert_int_eq (mknod (place (name), type | 0600, 0), 0);
}

static void put_link (const char *name, const char *target)
{
    ck_assert_int_eq (symlink (target, place (name)), 0);
}

//  As an owner that was killed leaves it.
static void put_dead_folder (const char *name)
{
    char file [100];
    put_folder (name);
    snprintf (file, sizeof file, "%s/lock", name);
    put_file (file, MARK);
    snprintf (file, sizeof file, "%s/zmq", name);
    put_special (file, S_IFSOCK);
}

//  ---------------------------------------------------------------------------
//  Comparing

enum { LINES = 64, LINE_SIZE = 256 };

//  Each file with all the properties that a change would show.
typedef struct survey {
    size_t count;
    char lines [LINES][LINE_SIZE];
} survey_t;

static survey_t *current;

static int note_file (const char *path, const struct stat *status, int type,
                      struct FTW *position)
{
    (void) type;
    if (position->level == 0)
        return 0;
    ck_assert_uint_lt (current->count, LINES);
    snprintf (current->lines [current->count++], LINE_SIZE,
              "%s %o inode %ju links %ju size %jd changed %jd.%09ld",
              path + strlen (test_runtime_directory ()), status->st_mode,
              (uintmax_t) status->st_ino, (uintmax_t) status->st_nlink,
              (intmax_t) status->st_size, (intmax_t) status->st_ctim.tv_sec,
              status->st_ctim.tv_nsec);
    return 0;
}

static int compare_lines (const void *a, const void *b)
{
    return strcmp (a, b);
}

static void look_around (survey_t *survey)
{
    current = survey;
    survey->count = 0;
    nftw (test_runtime_directory (), note_file, 16, FTW_PHYS);
    qsort (survey->lines, survey->count, LINE_SIZE, compare_lines);
}

static void check_unchanged (const survey_t *before)
{
    static survey_t now;
    look_around (&now);
    for (size_t i = 0; i < before->count && i < now.count; i++)
        ck_assert_str_eq (now.lines [i], before->lines [i]);
    ck_assert_uint_eq (now.count, before->count);
}

static int remove_one (const char *path, const struct stat *status, int type,
                       struct FTW *position)
{
    (void) status, (void) type;
    return position->level > 0 ? remove (path) : 0;
}

static void remove_all (void)
{
    nftw (test_runtime_directory (), remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

//  ---------------------------------------------------------------------------
//  A directory that others use as well

static const char *const foreign [] = {
    "Downloads",    "db",           "number",        "almost",
    "longer",       "held",         "locked-by-dir", "locked-by-fifo",
    "lock-is-link", "link-to-dead", "link-to-held",  "link-to-nothing",
    "fifo",         "socket",       "file",          "with-file",
    "with-folder",  "with-a",       "with-link",     "with-hidden"};
enum { FOREIGN = sizeof foreign / sizeof *foreign };

//  Returns the descriptor that locks held/lock.
static int furnish (void)
{
    put_folder ("Downloads");
    put_folder ("db");
    put_file ("db/data", "data");
    put_file ("db/lock", "");
    put_folder ("number");
    put_file ("number/lock", "999999\n");
    put_folder ("almost");
    put_file ("almost/lock", "weir 1\n999999 \n");
    put_folder ("longer");
    put_file ("longer/lock", MARK "and this\n");
    put_folder ("held");
    put_file ("held/lock", "1\n");
    put_folder ("locked-by-dir");
    put_folder ("locked-by-dir/lock");
    put_folder ("locked-by-fifo");
    put_special ("locked-by-fifo/lock", S_IFIFO);
    put_dead_folder (".outside");
    put_folder ("lock-is-link");
    put_link ("lock-is-link/lock", "../.outside/lock");
    put_link ("link-to-dead", ".outside");
    put_link ("link-to-held", "alive");
    put_link ("link-to-nothing", "nothing");
    put_special ("fifo", S_IFIFO);
    put_special ("socket", S_IFSOCK);
    put_file ("file", MARK);
    put_dead_folder ("with-file");
    put_file ("with-file/notes", "notes");
    put_dead_folder ("with-folder");
    put_folder ("with-folder/b");
    put_dead_folder ("with-a");
    put_file ("with-a/a", "the letter a");
    put_dead_folder ("with-link");
    put_link ("with-link/b", "zmq");
    put_dead_folder ("with-hidden");
    put_file ("with-hidden/.hidden", "");
    int fd = open (place ("held/lock"), O_RDONLY | O_CLOEXEC);
    ck_assert_int_eq (flock (fd, LOCK_EX), 0);
    return fd;
}

//  Not every new folder causes a sweep when many files were there at the last
//  one.
static void sweep (void)
{
    weir__folder_t folder;
    for (int i = 0; i < 3 * FOREIGN; i++) {
        ck_assert_int_eq (weir__folder_make (NULL, "owner", &folder), 0);
        weir__folder_remove (&folder);
    }
}

START_TEST (sweeping_removes_only_folders_of_dead_processes)
{
    static survey_t before;
    int fd = furnish ();
    look_around (&before);
    put_dead_folder ("dead");
    put_folder ("crashed");
    put_file ("crashed/lock", MARK);
    put_special ("crashed/a", S_IFSOCK);
    put_special ("crashed/b", S_IFSOCK);
    sweep ();
    ck_assert (!exists ("dead"));
    ck_assert (!exists ("crashed"));
    check_unchanged (&before);
    remove_all ();
    close (fd);
}
END_TEST

START_TEST (owners_and_pipes_leave_the_files_of_others_alone)
{
    static survey_t before;
    int fd = furnish (), stop [2];
    look_around (&before);
    weir_owner_t *owner = weir_owner_new ("counts");
    ck_assert_ptr_nonnull (owner);
    weir_owner_t *thread = weir_owner_new_thread (NULL);
    ck_assert_ptr_nonnull (thread);
    weir_pipe_t *ends [2];
    ck_assert_int_eq (weir_pipe_new (&ends [0], &ends [1], 0), 0);
    weir_pipe_destroy (&ends [0]);
    weir_pipe_destroy (&ends [1]);
    weir_owner_destroy (&thread);
    weir_owner_destroy (&owner);
    ck_assert_int_eq (pipe2 (stop, O_CLOEXEC), 0);
    close (stop [1]);
    ck_assert_int_eq (weir_owner_serve ("counts", stop [0], NULL), 0);
    close (stop [0]);
    check_unchanged (&before);
    remove_all ();
    close (fd);
}
END_TEST

START_TEST (a_name_that_others_have_is_refused)
{
    static survey_t before;
    weir__folder_t alive, folder = {.lock_fd = -1};
    int fd = furnish ();
    ck_assert_int_eq (weir__folder_make ("alive", "owner", &alive), 0);
    look_around (&before);
    for (int i = 0; i < FOREIGN; i++) {
        ck_assert_fails (weir__folder_make (foreign [i], "owner", &folder),
                         EEXIST);
        ck_assert_ptr_nonnull (strstr (weir_error (), place (foreign [i])));
        ck_assert_ptr_nonnull (strstr (weir_error (), "not a folder of Weir"));
        ck_assert_ptr_nonnull (strstr (weir_error (), "another name"));
        ck_assert_ptr_null (weir_owner_new_thread (foreign [i]));
        ck_assert_int_eq (errno, EEXIST);
    }
    ck_assert_int_eq (folder.lock_fd, -1);
    check_unchanged (&before);
    weir__folder_remove (&alive);
    remove_all ();
    close (fd);
}
END_TEST

START_TEST (no_owner_is_found_where_others_have_files)
{
    static survey_t before;
    weir__folder_t alive;
    int fd = furnish ();
    ck_assert_int_eq (weir__folder_make ("alive", "owner", &alive), 0);
    look_around (&before);
    for (int i = 0; i < FOREIGN; i++) {
        ck_assert_fails (weir__folder_holder (place (foreign [i])), ENOENT);
        ck_assert_ptr_null (weir_owner_open (foreign [i]));
        ck_assert_int_eq (errno, ENOENT);
    }
    ck_assert_int_eq (weir__folder_holder (alive.path), getpid ());
    check_unchanged (&before);
    weir__folder_remove (&alive);
    remove_all ();
    close (fd);
}
END_TEST

START_TEST (removing_a_folder_keeps_the_files_of_others_in_it)
{
    static survey_t before;
    weir__folder_t folder;
    ck_assert_int_eq (weir__folder_make ("counts", "owner", &folder), 0);
    put_special ("counts/zmq", S_IFSOCK);
    if (_i == 0)
        put_file ("counts/notes", "notes");
    else
        put_folder ("counts/notes");
    look_around (&before);
    weir__folder_remove (&folder);
    check_unchanged (&before);
    ck_assert_fails (weir__folder_holder (folder.path), ENOENT);
    ck_assert_fails (weir__folder_make ("counts", "owner", &folder), EEXIST);
    check_unchanged (&before);
    //  Without them it is the folder of a dead owner.
    remove (place ("counts/notes"));
    ck_assert_int_eq (weir__folder_make ("counts", "owner", &folder), 0);
    weir__folder_remove (&folder);
}
END_TEST

START_TEST (files_of_others_in_the_directory_of_folders_stay)
{
    static survey_t before;
    weir__folder_t alive, folder;
    ck_assert_int_eq (weir__folder_make ("alive", "owner", &alive), 0);
    put_dead_folder ("dead");
    put_dead_folder (".outside");
    if (_i == 0)
        put_file (STAGE, "");
    else if (_i == 1)
        put_link (STAGE, ".outside");
    else
        put_dead_folder (STAGE);
    if (_i == 2)
        put_file (STAGE "/notes", "notes");
    if (_i == 3)
        put_folder (STAGE "/a");
    look_around (&before);
    ck_assert_fails (weir__folder_make ("counts", "owner", &folder), EEXIST);
    ck_assert_ptr_nonnull (strstr (weir_error (), place (STAGE)));
    weir__folder_remove (&alive);
    check_unchanged (&before);
    remove_all ();
}
END_TEST

int main (void)
{
    test_plain_only ();
    Suite *suite = suite_create ("runtime_foreign");
    TCase *tcase = test_case (suite, "files of others");
    tcase_add_test (tcase, sweeping_removes_only_folders_of_dead_processes);
    tcase_add_test (tcase, owners_and_pipes_leave_the_files_of_others_alone);
    tcase_add_test (tcase, a_name_that_others_have_is_refused);
    tcase_add_test (tcase, no_owner_is_found_where_others_have_files);
    tcase_add_loop_test (
        tcase, removing_a_folder_keeps_the_files_of_others_in_it, 0, 2);
    tcase_add_loop_test (
        tcase, files_of_others_in_the_directory_of_folders_stay, 0, 4);
    return test_main (suite);
}
