<?php
// SPDX-License-Identifier: MIT
// The download as PHP programs are commonly written, at its best: rows as they come, written by fputcsv().
declare(strict_types=1);

$source = 'mysql:unix_socket=' . getenv('DATABASE_SOCKET') . ';dbname=daybook;charset=utf8mb4';
$db = new PDO($source, 'reader', trim(file_get_contents(getenv('PASSWORD_FILE'))), [
    PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
    PDO::MYSQL_ATTR_USE_BUFFERED_QUERY => false,
    PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_NUM,
]);
set_time_limit(0);
while (ob_get_level()) {
    ob_end_clean();
}
header('Content-Type: text/csv; charset=utf-8');
header('X-Accel-Buffering: no');
$out = fopen('php://output', 'w');
$rows = $db->query(file_get_contents(getenv('EXPORT_SQL_FILE')));
foreach ($rows as $row) {
    fputcsv($out, $row);
}
