/*  leaks.h - the resources of a process, before and after

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_KIT_LEAKS_H_INCLUDED
#define WEIR_TESTS_KIT_LEAKS_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>

enum { LEAKS_MAX = 2048, LEAKS_NAME_SIZE = 64, LEAKS_REPORT_SIZE = 4096 };

//  A descriptor or a thread: its number, and its name in the kernel.
typedef struct leaks_item {
    int number;
    char name [LEAKS_NAME_SIZE];
} leaks_item_t;

typedef struct leaks_set {
    size_t count;
    leaks_item_t items [LEAKS_MAX];
} leaks_set_t;

typedef struct leaks {
    leaks_set_t descriptors;
    leaks_set_t threads;
    bool has_children;
    bool alone; //  in its process group
} leaks_t;

//  Records the present descriptors, threads and processes.
void leaks_look (leaks_t *self);

//  Returns whether the process has exactly what it had then, and whether the
//  directory (NULL: none) is empty. The report has a line for each difference.
bool leaks_compare (const leaks_t *before, const char *directory,
                    char report [LEAKS_REPORT_SIZE]);

//  Does the same, but retries for some seconds before it returns false: the
//  threads of a library, and their descriptors, end in their own time.
bool leaks_wait (const leaks_t *before, const char *directory,
                 char report [LEAKS_REPORT_SIZE]);

#endif
