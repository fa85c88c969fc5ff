/*  prelude.h - the declarations that every public header of Weir needs

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_PRELUDE_H_INCLUDED
#define WEIR_PRELUDE_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

//  The version of these headers.
#define WEIR_VERSION_MAJOR 0
#define WEIR_VERSION_MINOR 1
#define WEIR_VERSION_PATCH 0

#ifdef __cplusplus
#define WEIR_BEGIN_C extern "C" {
#define WEIR_END_C }
#else
#define WEIR_BEGIN_C
#define WEIR_END_C
#endif

//  Marks a symbol of the public interface. All other symbols are hidden.
#define WEIR_EXPORT __attribute__ ((visibility ("default")))

//  Marks a function whose result must not be ignored.
#define WEIR_CHECK __attribute__ ((warn_unused_result))

//  The opaque types. They are declared here so that the headers need not
//  include each other.
typedef struct weir_owner weir_owner_t;
typedef struct weir_array weir_array_t;
typedef struct weir_dict weir_dict_t;
typedef struct weir_list weir_list_t;
typedef struct weir_var weir_var_t;
typedef struct weir_lock weir_lock_t;
typedef struct weir_condition weir_condition_t;
typedef struct weir_barrier weir_barrier_t;
typedef struct weir_queue weir_queue_t;
typedef struct weir_namespace weir_namespace_t;
typedef struct weir_set weir_set_t;
typedef struct weir_event weir_event_t;
typedef struct weir_semaphore weir_semaphore_t;
typedef struct weir_transaction weir_transaction_t;
typedef struct weir_rwlock weir_rwlock_t;
typedef struct weir_pipe weir_pipe_t;
typedef struct weir_process weir_process_t;
typedef struct weir_select weir_select_t;

#endif
