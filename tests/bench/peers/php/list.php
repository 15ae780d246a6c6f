<?php
// SPDX-License-Identifier: MIT
// The list page as PHP programs are commonly written: PDO, persistent and prepared, and Twig. QUERY is
// `plain`, what everyone writes, or `own`, what Daybook asks for its first page.
declare(strict_types=1);

require '/usr/share/php/Twig/autoload.php';

const NAMES = ' LEFT JOIN entity_type t ON t.id = e.entity_type_id
    LEFT JOIN action a ON a.id = e.action_id LEFT JOIN user u ON u.id = e.user_id
    LEFT JOIN entity n ON n.id = e.entity_id';
const COLUMNS = 'LOWER(HEX(e.id)) AS id, e.id >> 22 AS ms, e.status, t.name AS type, a.name AS action,
    u.name AS user, n.external_id AS entity_id, n.name AS entity_name';
const QUERIES = [
    'plain' => [
        'total' => 'SELECT COUNT(*) FROM event e WHERE e.account_id = ? AND e.kind = 1',
        'rows' => 'SELECT ' . COLUMNS . ' FROM event e' . NAMES . ' WHERE e.account_id = ? AND e.kind = 1
            ORDER BY e.id DESC LIMIT ? OFFSET ?',
    ],
    'own' => [
        'total' => 'SELECT COALESCE(SUM(s.events), 0) + (SELECT COUNT(*) FROM event_recent r
            WHERE r.account_id = s.account_id AND r.kind = 1) FROM segment s
            WHERE s.account_id = ? AND s.kind = 1',
        'rows' => 'SELECT STRAIGHT_JOIN ' . COLUMNS . ' FROM (SELECT * FROM event FORCE INDEX (PRIMARY)
            WHERE account_id = ? AND kind = 1 ORDER BY id DESC LIMIT ? OFFSET ?) e' . NAMES . '
            ORDER BY e.id DESC',
    ],
];

function connect(): PDO
{
    $source = 'mysql:unix_socket=' . getenv('DATABASE_SOCKET') . ';dbname=daybook;charset=utf8mb4';
    return new PDO($source, 'reader', trim(file_get_contents(getenv('PASSWORD_FILE'))), [
        PDO::ATTR_PERSISTENT => true,
        PDO::ATTR_EMULATE_PREPARES => false,
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
    ]);
}

function ask(PDO $db, string $sql, array $values): PDOStatement
{
    $statement = $db->prepare($sql);
    $statement->execute($values);
    return $statement;
}

function pager(int $page, int $last): array
{
    $items = [];
    $before = 0;
    for ($number = 1; $number <= $last; $number++) {
        if ($number === 1 || $number === $last || abs($number - $page) <= 2) {
            if ($number > $before + 1) {
                $items[] = 0;
            }
            $items[] = $before = $number;
        } elseif ($number < $page - 2) {
            $number = $page - 3;
        } else {
            $number = $last - 1;
        }
    }
    return $items;
}

$slug = explode('/', $_SERVER['PATH_INFO'])[1];
$show = (int) ($_GET['show'] ?? 50);
$page = (int) ($_GET['page'] ?? 1);
$query = QUERIES[$_SERVER['QUERY']];
$db = connect();
$account = ask($db, 'SELECT a.id, a.slug, a.name, m.role FROM member m JOIN account a ON a.id = m.account_id
    WHERE m.person = ? AND a.slug = ?', [$_SERVER['REMOTE_USER'], $slug])->fetch();
if (!$account) {
    http_response_code(404);
    exit;
}
$total = (int) ask($db, $query['total'], [$account['id']])->fetchColumn();
$rows = ask($db, $query['rows'], [$account['id'], $show, ($page - 1) * $show])->fetchAll();
foreach ($rows as &$row) {
    $seconds = intdiv((int) $row['ms'], 1000);
    $row['time'] = gmdate('Y-m-d H:i:s', $seconds);
    $row['iso'] = gmdate('Y-m-d\TH:i:s', $seconds) . sprintf('.%03dZ', $row['ms'] % 1000);
}
unset($row);
$twig = new Twig\Environment(new Twig\Loader\FilesystemLoader(__DIR__ . '/templates'), [
    'cache' => getenv('CACHE_FOLDER'),
    'auto_reload' => false,
]);
header('Content-Type: text/html; charset=utf-8');
header('Cache-Control: no-store');
$last = max(1, intdiv($total + $show - 1, $show));
echo $twig->render('list.twig', [
    'account' => $account, 'person' => $_SERVER['REMOTE_USER'], 'show' => $show, 'page' => $page,
    'total' => $total, 'rows' => $rows, 'last' => $last, 'items' => pager($page, $last),
    'newest' => $rows[0]['id'] ?? '',
    'icons' => '/static/icons.1378e03b.svg',
    'menus' => ['entity' => 'Entity', 'action' => 'Action', 'user' => 'User', 'status' => 'Status',
        'source' => 'Source', 'method' => 'Method'],
    'texts' => [
        'entity_id' => ['Entity ID', 'The whole ID, or its beginning with * at the end.'],
        'entity_name' => ['Entity name', 'Any part of the name; A and a are the same.'],
        'q' => ['Contains',
            'Any part of URL, headers, body, answer, ids …; at least 3 characters.'],
    ],
    'sizes' => [10, 25, 50, 100, 200],
]);
