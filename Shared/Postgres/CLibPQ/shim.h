// What Swift cannot say of libpq itself: character macros, and a C function pointer that does nothing.
#ifndef LARDER_CLIBPQ_SHIM_H
#define LARDER_CLIBPQ_SHIM_H

#include <postgresql/libpq-fe.h>

/// Five characters, or NULL where the failure was not the server's answer.
static inline const char *clibpq_sql_state(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

/// `ERROR`, `FATAL` or `PANIC` in any locale, or NULL where the failure was not the server's answer.
static inline const char *clibpq_severity(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
}

static inline const char *clibpq_primary_message(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
}

static inline void clibpq_ignore_notice(void *context, const PGresult *notice) {
    (void)context;
    (void)notice;
}

/// Keeps the server's notices off the program's standard error.
static inline void clibpq_silence_notices(PGconn *connection) {
    PQsetNoticeReceiver(connection, clibpq_ignore_notice, NULL);
}

#endif
